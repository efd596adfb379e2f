"""Texts of a company's own are found by pieces: the function that cuts them, and indexes of pieces in the place of those
by order, which found no piece."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION genjin_pieces(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT piece)
    FROM unnest(string_to_array(words, NULL), string_to_array(substr(words, 2), NULL)) AS pairs (one, other),
         LATERAL (VALUES (one), (one || other)) AS pieces (piece)
   WHERE piece IS NOT NULL
$$
"""
TEXTS = ("text", "phone", "email", "url", "id_card", "bank_card", "serial")


def index_pieces(apps, schema_editor):
    from genjin.kernel.records import RECORD_TYPES

    fields = apps.get_model("kernel", "OwnField").objects.filter(index="ready")
    for row in fields:
        text = row.kind in TEXTS or (row.kind == "formula" and row.facts.get("result") == "text")
        if not text or row.record_type not in RECORD_TYPES:
            continue
        table = RECORD_TYPES[row.record_type].model._meta.db_table
        name = f"{row.record_type}_{row.key}"
        schema_editor.execute(
            f'CREATE INDEX IF NOT EXISTS "words_{name}" ON "{table}"'
            f" USING gin (genjin_pieces(upper(custom ->> '{row.key}'))) WITH (fastupdate = off)"
        )
        if row.kind != "serial":
            schema_editor.execute(f'DROP INDEX IF EXISTS "own_{name}"')


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_file_field")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION genjin_pieces(text)"),
        migrations.RunPython(index_pieces, migrations.RunPython.noop),
    ]
