-- Report frame: one row per file, rule and column: in how many rows the rule is broken.
SELECT
    file.name,
    file.source_id,
    finding.rule,
    finding.code,
    finding.category,
    finding.severity,
    finding.column_name,
    nullif(count(DISTINCT finding.record), 0) AS count,
    min(finding.fix) AS fix
FROM store.meta.finding AS finding
INNER JOIN store.meta.source_file AS file ON finding.sha256 = file.sha256
GROUP BY ALL
ORDER BY min(file.batch), finding.rule, finding.code, finding.column_name NULLS FIRST
