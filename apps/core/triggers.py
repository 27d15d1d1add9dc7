"""Triggers that several tables share: rows that never change, and facts that can only end."""

from __future__ import annotations

import pgtrigger

APPEND_ONLY = "counterclaim: rows of % are never changed or removed"


def append_only() -> list[pgtrigger.Trigger]:
    """Evidence, decisions and the ledger: insert and read, nothing else."""
    return [
        pgtrigger.Trigger(
            name="append_only",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=f"RAISE EXCEPTION '{APPEND_ONLY}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';",
        )
    ]


def only_ends() -> list[pgtrigger.Trigger]:
    """A fact is withdrawn once, by giving it its end; nothing else about it ever changes."""
    return [
        pgtrigger.Trigger(
            name="only_ends",
            operation=pgtrigger.Update,
            when=pgtrigger.After,  # before, generated columns would still be empty, and so look changed
            func="""
                IF OLD.known_until IS NOT NULL OR NEW.known_until IS NULL
                   OR (to_jsonb(OLD) - 'known_until' - 'known_until_index')
                      IS DISTINCT FROM (to_jsonb(NEW) - 'known_until' - 'known_until_index')
                THEN
                    RAISE EXCEPTION 'counterclaim: a fact in % is withdrawn and replaced, never edited', TG_TABLE_NAME
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="never_removed",
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'counterclaim: a fact in % is withdrawn, never removed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation';",
        ),
    ]
