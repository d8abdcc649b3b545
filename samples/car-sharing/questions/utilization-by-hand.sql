-- The question of utilization.sql without the mart: everybody who asks has to know all of this.
WITH rides AS (
  SELECT
    DATE(pickup_at, 'Asia/Seoul') AS day,                                -- a day is one of Seoul
    car_id,
    status = 'RETURNED' AS ended,
    IF(status = 'CANCELLED', 0, fare - IFNULL(discount, 0)) AS revenue,  -- what was cancelled is not paid
    IF(status = 'RETURNED', TIMESTAMP_DIFF(returned_at, pickup_at, MINUTE), 0) AS minutes_used
  FROM raw_rental.reservations
  WHERE DATE(pickup_at, 'Asia/Seoul') < CURRENT_DATE('Asia/Seoul')       -- whole days only
),
weekly AS (
  SELECT
    DATE_TRUNC(day, WEEK(MONDAY)) AS week,
    car_id,
    COUNTIF(ended) AS rides,
    SUM(minutes_used) AS minutes_used,
    SUM(revenue) AS revenue
  FROM rides
  GROUP BY week, car_id
)
SELECT
  weekly.week,
  cars.fuel,
  COUNT(*) AS cars,
  SUM(weekly.rides) AS rides,
  ROUND(AVG(ROUND(weekly.minutes_used / (7 * 24 * 60), 4)), 4) AS utilization,
  SUM(weekly.revenue) AS revenue
FROM weekly
JOIN raw_rental.cars AS cars ON cars.id = weekly.car_id
GROUP BY weekly.week, cars.fuel
ORDER BY weekly.week DESC, cars.fuel
LIMIT 8
