-- What a pitch is found by (pitches/search.py). Every key begins with the number of its page:
--   42/word   a stem of the line, the reason or the details, or a whole name      42#7  its door
--   42~abc    three letters of a name (a space is the edge of a word)             42^9  its sender
--   42:abc    three letters of the line                                           42=x  the configuration of its language
--   42!CODE   its reference                                                       42@202603  the month it came in

CREATE FUNCTION search_config(language text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT cfgname::text FROM pg_catalog.pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace AND cfgname =
            CASE split_part(lower(language), '-', 1)
                WHEN 'ar' THEN 'arabic' WHEN 'ca' THEN 'catalan' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german'
                WHEN 'el' THEN 'greek' WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' WHEN 'et' THEN 'estonian'
                WHEN 'eu' THEN 'basque' WHEN 'fi' THEN 'finnish' WHEN 'fr' THEN 'french' WHEN 'ga' THEN 'irish'
                WHEN 'hi' THEN 'hindi' WHEN 'hu' THEN 'hungarian' WHEN 'hy' THEN 'armenian' WHEN 'id' THEN 'indonesian'
                WHEN 'it' THEN 'italian' WHEN 'lt' THEN 'lithuanian' WHEN 'nb' THEN 'norwegian'
                WHEN 'ne' THEN 'nepali' WHEN 'nl' THEN 'dutch' WHEN 'nn' THEN 'norwegian' WHEN 'no' THEN 'norwegian'
                WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian' WHEN 'ru' THEN 'russian' WHEN 'sr' THEN 'serbian'
                WHEN 'sv' THEN 'swedish' WHEN 'ta' THEN 'tamil' WHEN 'tr' THEN 'turkish' WHEN 'yi' THEN 'yiddish'
            END),
        'simple')
$$;

CREATE FUNCTION search_plain(words text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(unaccent(words)), '[^[:alnum:]]+', ' ', 'g'))
$$;

-- With and without accents, because people type both.
CREATE FUNCTION search_stems(config regconfig, words text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT tsvector_to_array(
        to_tsvector(config, regexp_replace(words, '[^[:alnum:]]+', ' ', 'g')) || to_tsvector(config, search_plain(words)))
$$;

CREATE FUNCTION search_threes(plain text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT substr(' ' || word || ' ', place, 3)
    FROM unnest(string_to_array(plain, ' ')) word, generate_series(1, length(word)) place
$$;

-- The row of one pitch: for the triggers, and for what was there before them (0016). A lexeme has at most 2,046 bytes;
-- nobody looks for a word that comes near it.
CREATE FUNCTION findable_of(pitch pitches_pitch) RETURNS pitches_findable LANGUAGE plpgsql STABLE AS $$
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
        UNION ALL SELECT unnest(ARRAY[
            '#' || pitch.door_id, '^' || pitch.sender_id, '=' || kept.config, '!' || upper(pitch.code),
            '@' || to_char(pitch.handed_in_at AT TIME ZONE 'UTC', 'YYYYMM')])
    ) found(key) WHERE octet_length(found.key) < 1000;
    RETURN kept;
END
$$;

CREATE FUNCTION findable_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pitches_findable AS kept (pitch_id, page_id, at, config, names, line, keys)
    SELECT pitch_id, page_id, at, config, names, line, keys FROM findable_of(NEW)
    ON CONFLICT (pitch_id) DO UPDATE SET page_id = excluded.page_id, at = excluded.at, config = excluded.config,
        names = excluded.names, line = excluded.line, keys = excluded.keys;
    RETURN NULL;
END
$$;

CREATE TRIGGER findable_new AFTER INSERT ON pitches_pitch FOR EACH ROW
    WHEN (NEW.state <> 'unproven') EXECUTE FUNCTION findable_keep();

CREATE TRIGGER findable_changed AFTER UPDATE ON pitches_pitch FOR EACH ROW
    WHEN (NEW.state <> 'unproven' AND (OLD.state = 'unproven' OR
        (OLD.line, OLD.why, OLD.detail, OLD.language, OLD.name, OLD.company, OLD.email, OLD.link_host, OLD.code,
         OLD.page_id, OLD.door_id, OLD.sender_id, OLD.handed_in_at)
        IS DISTINCT FROM
        (NEW.line, NEW.why, NEW.detail, NEW.language, NEW.name, NEW.company, NEW.email, NEW.link_host, NEW.code,
         NEW.page_id, NEW.door_id, NEW.sender_id, NEW.handed_in_at)))
    EXECUTE FUNCTION findable_keep();
