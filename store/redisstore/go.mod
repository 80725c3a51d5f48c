module github.com/dewar-go/dewar/store/redisstore

go 1.26

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/redis/rueidis v1.0.79
)

require golang.org/x/sys v0.47.0 // indirect

replace github.com/dewar-go/dewar => ../..
