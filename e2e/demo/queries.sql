SELECT kind, COUNT(*) AS zones, SUM(capacity) AS places FROM raw_rental.zones GROUP BY kind ORDER BY kind
SELECT fuel, COUNT(*) AS cars, SUM(odometer_km) AS km FROM raw_rental.cars GROUP BY fuel ORDER BY fuel
SELECT grade, COUNT(*) AS members, SUM(deposit) AS deposits FROM raw_rental.members GROUP BY grade ORDER BY grade
SELECT status, COUNT(*) AS reservations, SUM(fare) AS fares FROM raw_rental.reservations GROUP BY status ORDER BY status
SELECT method, COUNT(*) AS payments, SUM(amount) AS amount, SUM(refunded_amount) AS refunded FROM raw_billing.payments GROUP BY method ORDER BY method
SELECT kind, COUNT(*) AS coupons, COUNT(used_at) AS used FROM raw_billing.coupons GROUP BY kind ORDER BY kind
SELECT day, reservations, revenue, revenue_before_vat FROM soda_store.revenue_daily ORDER BY day DESC LIMIT 5
