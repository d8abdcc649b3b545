SELECT week, fuel, COUNT(*) AS cars, SUM(rides) AS rides, ROUND(AVG(utilization), 4) AS utilization, SUM(revenue) AS revenue
FROM soda_store.car_utilization_weekly
GROUP BY week, fuel
ORDER BY week DESC, fuel
LIMIT 8
