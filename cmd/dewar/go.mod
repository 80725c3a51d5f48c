module github.com/dewar-go/dewar/cmd/dewar

go 1.26

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/open v0.0.0
	github.com/rogpeppe/go-internal v1.16.0
	github.com/spf13/cobra v1.10.2
	github.com/spf13/pflag v1.0.9
)

require (
	github.com/dewar-go/dewar/store/memcachestore v0.0.0 // indirect
	github.com/dewar-go/dewar/store/redisstore v0.0.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/redis/rueidis v1.0.79 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
)

replace (
	github.com/dewar-go/dewar => ../..
	github.com/dewar-go/dewar/open => ../../open
	github.com/dewar-go/dewar/store/redisstore => ../../store/redisstore
)

replace github.com/dewar-go/dewar/store/memcachestore => ../../store/memcachestore
