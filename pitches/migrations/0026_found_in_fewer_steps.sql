-- The newest pitches of a page that a question names, one more than `most` where there are more. Words whose three
-- letters say too little stand in `parts`, each with the keys (`sure`) that are enough without it.
-- First the newest thousand pitches are asked, then as many as should hold twice enough of it, then all of them. How far
-- back so many reach is reckoned from the thousand: to count them would cost as much as to ask.
CREATE OR REPLACE FUNCTION search_newest(page bigint, question text, parts text[], sure text[], most integer)
RETURNS bigint[]
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $$
DECLARE
    near CONSTANT text := 'WITH near AS MATERIALIZED (
        SELECT pitch_id, page_id, at FROM pitches_findable WHERE keys @@ %L::tsquery %s)
        SELECT array(SELECT pitch_id FROM near WHERE page_id = %s ORDER BY at DESC, pitch_id DESC LIMIT %s)';
    tests text := '';
    wanted bigint := 1000;
    newest timestamptz;
    oldest timestamptz;
    thousandth timestamptz;
    edge timestamptz;
    hits bigint[];
BEGIN
    FOR place IN 1 .. coalesce(array_length(parts, 1), 0) LOOP
        tests := tests || format(' AND (names LIKE %L OR line LIKE %1$L OR keys @@ %L::tsquery)',
            '%' || parts[place] || '%', sure[place]);
    END LOOP;
    SELECT at INTO newest FROM pitches_findable WHERE page_id = page ORDER BY at DESC LIMIT 1;
    SELECT at INTO oldest FROM pitches_findable WHERE page_id = page ORDER BY at LIMIT 1;
    SELECT at INTO thousandth FROM pitches_findable WHERE page_id = page ORDER BY at DESC OFFSET 1000 LIMIT 1;
    LOOP
        edge := newest - (newest - thousandth) * (wanted / 1000.0);
        EXIT WHEN edge IS NULL OR edge <= oldest OR wanted > 64000;
        EXECUTE format(near, format('(%s) & (%s)', question, search_span(page, edge, newest)), tests, page, most + 1)
        INTO hits;
        IF cardinality(hits) > most THEN
            RETURN hits;
        END IF;
        wanted := wanted * greatest(4, 2 * most / (cardinality(hits) + 1));
    END LOOP;
    EXECUTE format(near, question, tests, page, most + 1) INTO hits;
    RETURN hits;
END
$$;
