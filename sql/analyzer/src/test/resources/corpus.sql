-- What BigQuery takes, and what the analyzer is to say of it: known, or beyond (only BigQuery judges).
-- Statements are separated by empty lines; the first line of each says what is expected and what it shows.

-- known: columns of a path in back quotes
SELECT reservations.id, reservations.fee FROM `socar-data.raw_rental.reservations`

-- known: quoted part by part
SELECT id FROM `socar-data`.`raw_rental`.`cars`

-- known: a project with a dash, without quotes
SELECT id FROM socar-data.raw_rental.cars

-- known: default project
SELECT c.* FROM raw_rental.cars AS c

-- known: default dataset
SELECT id FROM cars

-- known: a trailing semicolon and comments
SELECT id /* of the car */ FROM raw_rental.cars -- all of them
;

-- known: common table expressions
WITH a AS (SELECT id FROM raw_rental.cars), b AS (SELECT id FROM a) SELECT * FROM b

-- known: recursive common table expression
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n

-- known: a common table expression that hides a table
WITH cars AS (SELECT 1 AS one) SELECT one FROM cars

-- known: join with USING
SELECT id, zone_id FROM raw_rental.cars JOIN raw_rental.zones USING (zone_id)

-- known: outer joins
SELECT c.id, z.name FROM raw_rental.cars AS c FULL OUTER JOIN raw_rental.zones AS z ON c.zone_id = z.zone_id

-- known: comma join with unnest
SELECT r.id, i.sku FROM raw_rental.reservations AS r, UNNEST(r.items) AS i

-- known: correlated array path
SELECT r.id, i.sku FROM raw_rental.reservations AS r, r.items AS i

-- known: left join unnest with offset
SELECT r.id, i.amount, n FROM raw_rental.reservations AS r LEFT JOIN UNNEST(r.items) AS i WITH OFFSET AS n

-- known: array subquery
SELECT id, ARRAY(SELECT AS STRUCT sku, amount FROM UNNEST(items) ORDER BY sku) AS sorted FROM raw_rental.reservations

-- known: exists
SELECT id FROM raw_rental.cars AS c WHERE EXISTS (SELECT 1 FROM raw_rental.reservations AS r WHERE r.car_id = c.id)

-- known: in subquery
SELECT id FROM raw_rental.cars WHERE id NOT IN (SELECT car_id FROM raw_rental.reservations)

-- known: scalar subquery
SELECT id, (SELECT COUNT(*) FROM raw_rental.reservations AS r WHERE r.car_id = c.id) AS n FROM raw_rental.cars AS c

-- known: select except and replace
SELECT * EXCEPT (memo) REPLACE (UPPER(status) AS status) FROM raw_rental.reservations

-- known: qualify
SELECT id, car_id FROM raw_rental.reservations QUALIFY ROW_NUMBER() OVER (PARTITION BY car_id ORDER BY created_at DESC) = 1

-- known: named window
SELECT id, SUM(fee) OVER w AS running FROM raw_rental.reservations WINDOW w AS (PARTITION BY car_id ORDER BY created_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)

-- known: range window
SELECT id, AVG(fee) OVER (ORDER BY UNIX_DATE(DATE(created_at)) RANGE BETWEEN 6 PRECEDING AND CURRENT ROW) AS weekly FROM raw_rental.reservations

-- known: group by all
SELECT status, DATE(created_at) AS day, COUNT(*) AS n FROM raw_rental.reservations GROUP BY ALL

-- known: group by rollup
SELECT status, car_id, SUM(fee) AS fee FROM raw_rental.reservations GROUP BY ROLLUP (status, car_id)

-- known: grouping sets
SELECT status, car_id, SUM(fee) AS fee FROM raw_rental.reservations GROUP BY GROUPING SETS (status, car_id, ())

-- known: having and order by alias
SELECT car_id, SUM(fee) AS total FROM raw_rental.reservations GROUP BY car_id HAVING total > 10 ORDER BY total DESC LIMIT 10 OFFSET 5

-- known: pivot
SELECT * FROM (SELECT car_id, status, fee FROM raw_rental.reservations) PIVOT (SUM(fee) AS fee FOR status IN ('DONE' AS done, 'LOST' AS lost))

-- known: unpivot
SELECT * FROM (SELECT id, fee, tax FROM raw_rental.reservations) UNPIVOT (amount FOR kind IN (fee, tax))

-- known: tablesample
SELECT id FROM raw_rental.reservations TABLESAMPLE SYSTEM (10 PERCENT)

-- known: time travel
SELECT id FROM raw_rental.reservations FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)

-- known: union by name
SELECT id, model FROM raw_rental.cars UNION ALL BY NAME SELECT 'x' AS model, 1 AS id

-- known: intersect and except
(SELECT id FROM raw_rental.cars INTERSECT DISTINCT SELECT car_id FROM raw_rental.reservations) EXCEPT DISTINCT SELECT 1

-- known: wildcard table
SELECT name, _TABLE_SUFFIX AS day FROM `raw_rental.events_*` WHERE _TABLE_SUFFIX BETWEEN '20260101' AND '20260131'

-- known: pseudo column of ingestion time
SELECT name FROM raw_rental.clicks WHERE _PARTITIONTIME >= TIMESTAMP('2026-01-01')

-- known: parameters
SELECT id FROM raw_rental.reservations WHERE created_at >= @interval_start AND created_at < @interval_end

-- known: user variable as a number
SELECT fee * CAST(@vat AS NUMERIC) AS tax2 FROM raw_rental.reservations

-- known: pipe syntax
FROM raw_rental.reservations |> WHERE fee > 10 |> AGGREGATE SUM(fee) AS total, COUNT(*) AS n GROUP BY car_id |> ORDER BY total DESC |> LIMIT 10

-- known: pipe extend, set, drop, rename
FROM raw_rental.cars |> EXTEND id * 2 AS twice |> SET model = UPPER(model) |> DROP zone_id |> RENAME twice AS doubled

-- known: pipe join
FROM raw_rental.cars |> JOIN raw_rental.zones USING (zone_id) |> SELECT id, name

-- known: pipe call window
FROM raw_rental.reservations |> SELECT id, RANK() OVER (ORDER BY fee) AS place

-- known: struct access
SELECT place.city, place.point.lat FROM raw_rental.zones

-- known: star of a struct
SELECT place.* FROM raw_rental.zones

-- known: array access
SELECT items[SAFE_OFFSET(0)].sku AS first FROM raw_rental.reservations

-- known: json
SELECT JSON_VALUE(payload, '$.a') AS a, payload.b.c AS c, INT64(payload.n) AS n FROM raw_rental.clicks

-- known: json functions
SELECT TO_JSON(STRUCT(name)) AS j, PARSE_JSON('{"a":1}') AS p, JSON_QUERY_ARRAY(payload, '$.l') AS l FROM raw_rental.clicks

-- known: dates
SELECT DATE_TRUNC(DATE(created_at), WEEK(MONDAY)) AS week, FORMAT_DATE('%Y-%m', DATE(created_at)) AS month, EXTRACT(DAYOFWEEK FROM created_at AT TIME ZONE 'Asia/Seoul') AS d FROM raw_rental.reservations

-- known: datetime in a time zone
SELECT DATETIME(created_at, 'Asia/Seoul') AS local, TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), created_at, HOUR) AS age FROM raw_rental.reservations

-- known: generated arrays
SELECT day FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2026-01-01', DATE '2026-01-31', INTERVAL 1 DAY)) AS day

-- known: approximate functions
SELECT APPROX_COUNT_DISTINCT(car_id) AS cars, APPROX_QUANTILES(fee, 4) AS q, HLL_COUNT.INIT(car_id) AS h FROM raw_rental.reservations

-- known: aggregates with modifiers
SELECT STRING_AGG(DISTINCT status, ',' ORDER BY status LIMIT 3) AS s, ARRAY_AGG(id IGNORE NULLS ORDER BY id) AS a, COUNTIF(fee > 1) AS n, ANY_VALUE(status HAVING MAX fee) AS top FROM raw_rental.reservations

-- known: max_by
SELECT car_id, MAX_BY(status, created_at) AS latest FROM raw_rental.reservations GROUP BY car_id

-- known: contains_substr
SELECT id FROM raw_rental.cars WHERE CONTAINS_SUBSTR(model, 'ev')

-- known: safe functions
SELECT SAFE_CAST(model AS INT64) AS n, SAFE_DIVIDE(id, zone_id) AS d, SAFE.SUBSTR(model, 0, 2) AS s FROM raw_rental.cars

-- known: regular expressions and strings
SELECT REGEXP_EXTRACT(model, r'^(\w+)') AS maker, SPLIT(model, ' ')[OFFSET(0)] AS first, FORMAT('%05d', id) AS padded FROM raw_rental.cars

-- known: hashes and identifiers
SELECT FARM_FINGERPRINT(model) AS f, TO_HEX(SHA256(model)) AS h, GENERATE_UUID() AS u FROM raw_rental.cars

-- known: geography
SELECT ST_DISTANCE(ST_GEOGPOINT(place.point.lon, place.point.lat), ST_GEOGPOINT(127.0, 37.5)) AS metres FROM raw_rental.zones

-- known: case, if, coalesce
SELECT CASE status WHEN 'DONE' THEN 1 ELSE 0 END AS done, IF(fee IS NULL, 0, 1) AS paid, COALESCE(memo, '') AS memo, NULLIF(status, '') AS s FROM raw_rental.reservations

-- known: numeric types
SELECT CAST(1 AS NUMERIC) AS n, BIGNUMERIC '1.5' AS b, CAST('1' AS FLOAT64) AS f, IEEE_DIVIDE(1, 0) AS inf

-- known: intervals
SELECT created_at + INTERVAL 1 DAY AS tomorrow, MAKE_INTERVAL(1, 2) AS i FROM raw_rental.reservations

-- known: range type
SELECT RANGE(DATE '2026-01-01', DATE '2026-02-01') AS january

-- known: lambda
SELECT ARRAY_FILTER([1, 2, 3], x -> x > 1) AS big, ARRAY_TRANSFORM([1, 2], x -> x * 2) AS doubled

-- known: Korean names and strings
SELECT model AS `차종`, '한국어' AS `언어` FROM raw_rental.cars WHERE model != '없음'

-- known: like any
SELECT id FROM raw_rental.cars WHERE model LIKE ANY ('a%', 'b%')

-- known: is distinct from
SELECT id FROM raw_rental.cars WHERE model IS DISTINCT FROM 'x'

-- known: select as struct
SELECT AS STRUCT id, model FROM raw_rental.cars

-- known: select distinct
SELECT DISTINCT status, memo FROM raw_rental.reservations

-- known: nested aggregation
SELECT AVG(n) AS mean FROM (SELECT car_id, COUNT(*) AS n FROM raw_rental.reservations GROUP BY car_id)

-- known: project id
SELECT @@project_id AS project

-- known: lag and percentiles
SELECT LAG(fee, 1, 0) OVER (PARTITION BY car_id ORDER BY created_at) AS before, PERCENTILE_CONT(fee, 0.5) OVER (PARTITION BY car_id) AS median FROM raw_rental.reservations

-- known: last value ignoring nulls
SELECT LAST_VALUE(memo IGNORE NULLS) OVER (PARTITION BY car_id ORDER BY created_at) AS memo FROM raw_rental.reservations

-- known: dml
MERGE raw_rental.cars AS t USING raw_rental.zones AS s ON t.zone_id = s.zone_id WHEN MATCHED THEN UPDATE SET model = s.name WHEN NOT MATCHED BY SOURCE THEN DELETE

-- known: insert, select
INSERT INTO raw_rental.cars (id, zone_id, model) SELECT id + 1, zone_id, model FROM raw_rental.cars

-- known: create table as
CREATE OR REPLACE TABLE soda_store.x PARTITION BY day CLUSTER BY id OPTIONS (description = 'x') AS SELECT DATE(created_at) AS day, id FROM raw_rental.reservations

-- beyond: a function of BigQuery ML
SELECT * FROM ML.PREDICT(MODEL soda_store.price, (SELECT fee FROM raw_rental.reservations))

-- beyond: a function of a dataset
SELECT raw_rental.tax(fee) AS tax FROM raw_rental.reservations

-- beyond: a table function
SELECT * FROM raw_rental.between_days(DATE '2026-01-01', DATE '2026-02-01')

-- beyond: another database
SELECT * FROM EXTERNAL_QUERY('socar-data.asia-northeast3.rental', 'SELECT 1')

-- beyond: metadata
SELECT table_name FROM raw_rental.INFORMATION_SCHEMA.TABLES

-- beyond: a function that is newer than the analyzer
SELECT AI.GENERATE('x') AS said
