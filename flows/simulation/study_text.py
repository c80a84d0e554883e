"""The study file of a demonstration, as its author would write it."""

from __future__ import annotations

TEXT = """\
# A simulated study: how clients who present as overly dependent and clients who present as overly
# independent differ and change over twelve months of therapy. Nobody in it exists.
# What is wrong with its exports on purpose stands in mistakes.json.

[study]
id = "demo"
title = "Dependency in twelve months of therapy (simulated)"
seed = {seed}

# Questionnaires at intake, from the clinics' own system: one row per client.
[[source]]
id = "intake"
kind = "csv"
files = "intake*.csv"
occasion = "intake"
missing = {{ "-99" = "refused", "NASK" = "not asked" }}
ignore = ["form_version"]            # known, and left out on purpose

[source.columns]
client = "client_id"
day = "day"                          # days since intake
therapist = "therapist_id"
clinic = "clinic"

[source.attributes.age]
column = "age"
type = "number"
min = 18
max = 99

[source.attributes.gender]
column = "gender"
type = "code"
values = {{ "1" = "woman", "2" = "man", "3" = "other" }}

[[source.form]]
instrument = "ecr"
columns = "ecr_{{n}}"
range = [1, 7]
already_reversed = false             # the export holds what clients ticked

[[source.form]]
instrument = "core_10"
columns = "core_{{n}}"

[[source.form]]
instrument = "rpt"
columns = "rpt_{{scale}}_{{n}}"         # item numbers are not published: items go by their subscale

[[source.form]]
instrument = "des_ii"
columns = "des_{{n}}"
range = [0, 100]

[[source.form]]
instrument = "phq_9"
columns = "phq_{{n}}"

[[source.form]]
instrument = "scs_sf"
columns = "scs_{{n}}"

# Questionnaires at month 3, same system; it writes -99 where an item was refused.
[[source]]
id = "month_3"
kind = "csv"
files = "month_3*.csv"
occasion = "month_3"
missing = {{ "-99" = "refused", "NASK" = "not asked" }}

[source.columns]
client = "client_id"
day = "day"
session = "session"
therapist = "therapist_id"
clinic = "clinic"

[[source.form]]
instrument = "core_10"
columns = "core_{{n}}"

[[source.form]]
instrument = "wai_sr"
columns = "wai_{{n}}"

[[source.form]]
instrument = "cdq"
columns = "cdq_{{scale}}_{{n}}"
range = [1, 7]                       # no range is published: the study says which one was used

# Session forms and the closing interview, from a REDCap project.
[[source]]
id = "redcap"
kind = "redcap"
files = "redcap_data*.csv"
dictionary = "redcap_dictionary.csv"

[source.columns]
client = "record_id"
occasion = "redcap_event_name"
session = "session_number"
day = "day"
therapist = "therapist_id"
clinic = "clinic"

[source.occasions]
sessions_arm_1 = "session"
end_arm_1 = "end"

[source.ending]
reason = "ending"
reasons = {{ "1" = "planned", "2" = "dropout", "3" = "ongoing" }}
session = "last_session"

[source.event]                       # the log of contacts between sessions
all_are = "contact"
day = "contact_day"
detail = "contact_kind"
details = {{ "1" = "telephone", "2" = "message", "3" = "visit" }}

[source.attributes.medication]
column = "support___1"               # one box of a block; a block without a tick is missing
type = "code"
values = {{ "0" = "no", "1" = "yes" }}

[source.attributes.day_clinic]
column = "support___2"
type = "code"
values = {{ "0" = "no", "1" = "yes" }}

[source.attributes.self_help]
column = "support___3"
type = "code"
values = {{ "0" = "no", "1" = "yes" }}

[source.attributes.no_other_support]
column = "support___4"
type = "code"
values = {{ "0" = "no", "1" = "yes" }}

[[source.form]]
instrument = "wai_sr"
columns = "wai_{{n}}"

[[source.form]]
instrument = "cdq"
columns = "cdq_{{scale}}_{{n}}"
range = [1, 7]

[[source.form]]
instrument = "ecr"
columns = "ecr_{{n}}"
range = [1, 7]

[[source.form]]
instrument = "core_10"
columns = "core_{{n}}"

[[source.form]]
instrument = "rpt"
columns = "rpt_{{scale}}_{{n}}"

# Who presents as dependent (anxious), who as independent (avoidant). The cuts lie .3 SD above the
# means of a published clinical sample. Scores nearer to a cut than .05 are indeterminate; one
# standard error of measurement, .31 and .27, would set a third of the clients aside.
[presentation]
rule = "attachment"
dependence = "ecr.anxiety"
independence = "ecr.avoidance"
cut = [3.55, 3.05]
grey_zone = [0.05, 0.05]
landmark = "intake"

[[outcome]]
scale = "core_10.total"
occasion = "end"
smallest_effect = 3.0

[[outcome]]
scale = "core_10.total"
occasion = "month_3"
smallest_effect = 3.0

[[outcome]]
scale = "wai_sr.bond"
occasion = "month_3"
smallest_effect = 0.3

[[outcome]]
scale = "cdq.need_for_contact"
occasion = "month_3"
smallest_effect = 0.5

# Circular on purpose: anxiety is part of the rule, so this outcome is refused.
[[outcome]]
scale = "ecr.anxiety"
occasion = "end"
smallest_effect = 0.5
primary = false

[comparison]
ci_level = 0.95

[disclosure]
threshold = 10
therapist_threshold = 3
round_to = 5
"""


def study_text(seed: int) -> str:
    """Return the study file."""
    return TEXT.format(seed=seed)
