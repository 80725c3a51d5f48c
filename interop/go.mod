module github.com/dewar-go/dewar/interop

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/open v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/store/goredisstore v0.0.0
	github.com/dewar-go/dewar/store/mongostore v0.0.0
	github.com/dewar-go/dewar/store/redisstore v0.0.0
	github.com/dewar-go/dewar/store/sqlstore v0.0.0
	github.com/go-rod/rod v0.116.2
	github.com/redis/go-redis/v9 v9.19.0
	go.mongodb.org/mongo-driver/v2 v2.10.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/xdg-go/scram v1.4.0 // indirect
	github.com/xdg-go/stringprep v1.0.4 // indirect
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78 // indirect
	golang.org/x/crypto v0.58.0 // indirect
)

require (
	filippo.io/edwards25519 v1.2.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dewar-go/dewar/store/memcachestore v0.0.0
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/go-sql-driver/mysql v1.10.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/pgx/v5 v5.12.0 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/redis/rueidis v1.0.79 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/ysmood/fetchup v0.2.3 // indirect
	github.com/ysmood/goob v0.4.0 // indirect
	github.com/ysmood/got v0.40.0 // indirect
	github.com/ysmood/gson v0.7.3 // indirect
	github.com/ysmood/leakless v0.9.0 // indirect
	go.uber.org/atomic v1.11.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
	modernc.org/sqlite v1.61.1 // indirect
)

replace (
	github.com/dewar-go/dewar => ..
	github.com/dewar-go/dewar/open => ../open
	github.com/dewar-go/dewar/store/goredisstore => ../store/goredisstore
	github.com/dewar-go/dewar/store/mongostore => ../store/mongostore
	github.com/dewar-go/dewar/store/redisstore => ../store/redisstore
	github.com/dewar-go/dewar/store/sqlstore => ../store/sqlstore
)

replace github.com/dewar-go/dewar/store/memcachestore => ../store/memcachestore
