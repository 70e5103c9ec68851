-- What 0015 keeps, so that the newest of very many are found without reading the others. Of the keys of a pitch,
--   42@12:410000  is its moment, in blocks of 2^12 seconds; of 2^16, 2^20 and 2^24 likewise (in place of the month)
--   42:abc        three letters of the line, is kept only where words have no spaces between them
-- and the words of names and lines are kept once for each page: a slip and a beginning are looked up there.

CREATE FUNCTION search_moment(moment timestamptz) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_agg('@' || size || ':' || (extract(epoch FROM moment)::bigint >> size))
    FROM unnest(ARRAY[12, 16, 20, 24]) size
$$;

-- The keys of the blocks that hold all moments between two, as one question: at most
-- sixteen of them, or as many as there are of the largest.
CREATE FUNCTION search_span(page bigint, first timestamptz, last timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg('''' || page || '@' || size || ':' || block || '''', ' | ')
    FROM (SELECT extract(epoch FROM first)::bigint lo, extract(epoch FROM last)::bigint hi) ends,
        LATERAL (SELECT size FROM unnest(ARRAY[12, 16, 20, 24]) size
            WHERE (hi >> size) - (lo >> size) < 16 OR size = 24 ORDER BY size LIMIT 1) smallest,
        generate_series(lo >> size, hi >> size) block
$$;

-- The languages of what a page has received: one step of the index for each.
CREATE FUNCTION search_configs(page bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE seen(config) AS (
        (SELECT config::text FROM pitches_findable WHERE page_id = page ORDER BY config LIMIT 1)
        UNION ALL SELECT (SELECT there.config FROM pitches_findable there WHERE page_id = page
            AND there.config > seen.config ORDER BY there.config LIMIT 1) FROM seen WHERE seen.config IS NOT NULL
    ) SELECT coalesce(array_agg(config) FILTER (WHERE config IS NOT NULL), '{simple}') FROM seen
$$;

-- Some words of a page and their stems in some languages.
CREATE FUNCTION search_keys(configs text[], words text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT unnest(words) UNION SELECT unnest(tsvector_to_array(to_tsvector(config::regconfig, word)))
        FROM unnest(configs) config, unnest(words) word)
$$;

-- The words of a page that begin with some letters, at most so many.
CREATE FUNCTION search_begun(page bigint, plain text, most integer) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT word FROM pitches_findableword WHERE page_id = page AND length(plain) >= 3
        AND word >= plain COLLATE "C" AND word < (plain || chr(1114111)) COLLATE "C" LIMIT most)
$$;

CREATE OR REPLACE FUNCTION findable_of(pitch pitches_pitch) RETURNS pitches_findable LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept pitches_findable;
BEGIN
    kept.pitch_id := pitch.id;
    kept.page_id := pitch.page_id;
    kept.at := pitch.handed_in_at;
    kept.config := search_config(pitch.language);
    kept.names := search_plain(concat_ws(' ', pitch.name, pitch.company, pitch.email, pitch.link_host));
    kept.line := search_plain(pitch.line);
    SELECT array_to_tsvector(array_agg(DISTINCT pitch.page_id || found.key)) INTO kept.keys FROM (
        SELECT '/' || unnest(search_stems(kept.config::regconfig, concat_ws(' ', pitch.line, pitch.why, pitch.detail)))
        UNION ALL SELECT '/' || unnest(string_to_array(kept.names, ' '))
        UNION ALL SELECT '~' || search_threes(kept.names)
        UNION ALL SELECT ':' || search_threes(kept.line)
            WHERE kept.line ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]'
        UNION ALL SELECT unnest(search_moment(pitch.handed_in_at))
        UNION ALL SELECT unnest(ARRAY[
            '#' || pitch.door_id, '^' || pitch.sender_id, '=' || kept.config, '!' || upper(pitch.code)])
    ) found(key) WHERE octet_length(found.key) < 1000;
    RETURN kept;
END
$$;

-- The words of some pitches that their page has not had yet. Two at once may both write a word: that costs a row, and
-- nobody waits for anybody.
CREATE FUNCTION findable_words(page bigint, plain text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO pitches_findableword (page_id, word)
    SELECT DISTINCT page, said COLLATE "C" FROM unnest(string_to_array(plain, ' ')) said
    WHERE length(said) BETWEEN 3 AND 41 AND NOT EXISTS (
        SELECT FROM pitches_findableword there WHERE there.page_id = page AND there.word = said COLLATE "C")
$$;

CREATE OR REPLACE FUNCTION findable_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made pitches_findable := findable_of(NEW);
BEGIN
    INSERT INTO pitches_findable AS kept (pitch_id, page_id, at, config, names, line, keys)
    VALUES (made.pitch_id, made.page_id, made.at, made.config, made.names, made.line, made.keys)
    ON CONFLICT (pitch_id) DO UPDATE SET page_id = excluded.page_id, at = excluded.at, config = excluded.config,
        names = excluded.names, line = excluded.line, keys = excluded.keys;
    PERFORM findable_words(made.page_id, made.names || ' ' || made.line);
    RETURN NULL;
END
$$;

-- The newest pitches of a page that a question names, one more than `most` where there are more. Words whose three
-- letters say too little stand in `parts`, each with the keys (`sure`) that are enough without it.
-- First the newest thousand pitches are asked, then as many as should hold enough of it, then all of them.
CREATE FUNCTION search_newest(page bigint, question text, parts text[], sure text[], most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $$
DECLARE
    near CONSTANT text := 'WITH near AS MATERIALIZED (
        SELECT pitch_id, page_id, at FROM pitches_findable WHERE keys @@ %L::tsquery %s)
        SELECT array(SELECT pitch_id FROM near WHERE page_id = %s ORDER BY at DESC, pitch_id DESC LIMIT %s)';
    tests text := '';
    wanted bigint := 1000;
    newest timestamptz;
    edge timestamptz;
    hits bigint[];
BEGIN
    FOR place IN 1 .. coalesce(array_length(parts, 1), 0) LOOP
        tests := tests || format(' AND (names LIKE %L OR line LIKE %1$L OR keys @@ %L::tsquery)',
            '%' || parts[place] || '%', sure[place]);
    END LOOP;
    SELECT at INTO newest FROM pitches_findable WHERE page_id = page ORDER BY at DESC LIMIT 1;
    LOOP
        SELECT at INTO edge FROM pitches_findable WHERE page_id = page
        ORDER BY at DESC OFFSET least(wanted, 16000) LIMIT 1;
        edge := newest - (newest - edge) * (wanted / least(wanted, 16000.0));
        EXIT WHEN edge IS NULL OR wanted > 64000;
        EXECUTE format(near, format('(%s) & (%s)', question, search_span(page, edge, newest)), tests, page, most + 1)
        INTO hits;
        IF cardinality(hits) > most THEN
            RETURN hits;
        END IF;
        wanted := wanted * greatest(4, 3 * most / (2 * cardinality(hits) + 1));
    END LOOP;
    EXECUTE format(near, question, tests, page, most + 1) INTO hits;
    RETURN hits;
END
$$;

-- The words of a page that read almost like one: one letter wrong, missing or too many (in long words two), or two in
-- each other's place. Such a slip leaves the first letters whole, or the last ones.
CREATE FUNCTION search_near(page bigint, plain text, most integer) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
DECLARE
    size integer := length(plain);
    slips integer := CASE WHEN size >= 12 THEN 2 ELSE 1 END;
    half integer := CASE WHEN slips = 2 THEN 1 ELSE (size - 1) / 2 END;
    tail integer := CASE WHEN slips = 2 THEN 1 ELSE size - half - 1 END;
BEGIN
    RETURN QUERY EXECUTE format('
        SELECT word COLLATE "default" FROM (
            SELECT word FROM pitches_findableword WHERE page_id = %1$s AND word LIKE %2$L
                AND length(word) BETWEEN %4$s AND %5$s
            UNION SELECT reverse(back) FROM pitches_findableword WHERE page_id = %1$s AND back LIKE %3$L
                AND length(back) BETWEEN %4$s AND %5$s) begun
        WHERE levenshtein_less_equal(word, %6$L, 2) <= CASE WHEN %7$s = 2 OR
            (length(word) = length(%6$L) AND translate(word, %6$L, '''') = '''') THEN 2 ELSE 1 END
        ORDER BY levenshtein_less_equal(word, %6$L, 2), word LIMIT %8$s',
        page, left(plain, half) || '%', reverse(right(plain, tail)) || '%', size - slips, size + slips, plain, slips,
        most);
END
$$;
