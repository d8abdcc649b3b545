module naru.dev/e2e/warehouse/bucket-store

go 1.24
