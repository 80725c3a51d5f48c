module github.com/dewar-go/dewar/open

go 1.26

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/store/redisstore v0.0.0
)

require (
	github.com/dewar-go/dewar/store/memcachestore v0.0.0
	github.com/redis/rueidis v1.0.79 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace (
	github.com/dewar-go/dewar => ../
	github.com/dewar-go/dewar/store/redisstore => ../store/redisstore
)

replace github.com/dewar-go/dewar/store/memcachestore => ../store/memcachestore
