module github.com/dewar-go/dewar/interop

go 1.26

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/open v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/store/goredisstore v0.0.0
	github.com/dewar-go/dewar/store/mongostore v0.0.0
	github.com/dewar-go/dewar/store/redisstore v0.0.0
	github.com/go-rod/rod v0.116.2
	github.com/redis/go-redis/v9 v9.19.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/xdg-go/scram v1.4.0 // indirect
	github.com/xdg-go/stringprep v1.0.4 // indirect
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78 // indirect
	go.mongodb.org/mongo-driver/v2 v2.10.0
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/redis/rueidis v1.0.79 // indirect
	github.com/ysmood/fetchup v0.2.3 // indirect
	github.com/ysmood/goob v0.4.0 // indirect
	github.com/ysmood/got v0.40.0 // indirect
	github.com/ysmood/gson v0.7.3 // indirect
	github.com/ysmood/leakless v0.9.0 // indirect
	go.uber.org/atomic v1.11.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace (
	github.com/dewar-go/dewar => ..
	github.com/dewar-go/dewar/open => ../open
	github.com/dewar-go/dewar/store/goredisstore => ../store/goredisstore
	github.com/dewar-go/dewar/store/mongostore => ../store/mongostore
	github.com/dewar-go/dewar/store/redisstore => ../store/redisstore
)
