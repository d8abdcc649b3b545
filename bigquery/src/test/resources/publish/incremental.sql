BEGIN TRANSACTION;

SELECT IF(EXISTS (SELECT 1 FROM `project-1`.`ops`.`runs_raw` WHERE target = 'project-1.raw.cars' AND run_key = 'key' AND outcome = 'Published'),
  ERROR('naru-guard: this run has published already'), 0);

SELECT IF(IFNULL((SELECT run_key FROM `project-1`.`ops`.`runs_raw` WHERE target = 'project-1.raw.cars' AND outcome = 'Published' ORDER BY recorded_at DESC LIMIT 1), '') != 'base',
  ERROR('naru-guard: another run published meanwhile'), 0);

SELECT IF((SELECT COUNT(*) FROM `project-1`.`ops`.`stg_1`) != 25,
  ERROR('naru-guard: the staging table does not hold the verified rows'), 0);

DELETE FROM `project-1`.`raw`.`cars` AS t
WHERE EXISTS (SELECT 1 FROM `project-1`.`ops`.`stg_1` AS s WHERE s.`id` = t.`Id`);

INSERT INTO `project-1`.`raw`.`cars` (`Id`, `zone`, `fee`, `updated_at`)
SELECT `id`, `zone`, CAST(`fee` AS NUMERIC), `updated_at`
FROM `project-1`.`ops`.`stg_1`
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `updated_at` DESC) = 1;

INSERT INTO `project-1`.`ops`.`runs_raw` (run_key, run_id, target, resource, outcome, reason, message, fingerprint, mode, mode_reason, row_count, byte_count, cursor_bound, data_through, target_created, start_time, pod, recorded_at)
VALUES ('key', 's-29000000', 'project-1.raw.cars', 'rental/cars', 'Published', 'Published', '25 rows, the car\'s "first" load', 'spec.source.filter=0a1b2c3d', 'Incremental', CAST(NULL AS STRING), 25, 1024, '2026-01-01T00:00:00Z', TIMESTAMP '2026-01-01T00:00:00.123456Z', TIMESTAMP '2025-12-31T00:00:00Z', TIMESTAMP '2026-01-01T00:00:01Z', 'cars-29000000-x', CURRENT_TIMESTAMP());

COMMIT TRANSACTION;
