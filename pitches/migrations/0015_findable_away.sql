DROP TRIGGER IF EXISTS findable_new ON pitches_pitch;
DROP TRIGGER IF EXISTS findable_changed ON pitches_pitch;
DROP FUNCTION IF EXISTS findable_keep();
DROP FUNCTION IF EXISTS findable_of(pitches_pitch);
DROP FUNCTION IF EXISTS search_threes(text);
DROP FUNCTION IF EXISTS search_stems(regconfig, text);
DROP FUNCTION IF EXISTS search_plain(text);
DROP FUNCTION IF EXISTS search_config(text);
