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
	github.com/dewar-go/dewar/store/mongostore v0.0.0 // indirect
	github.com/dewar-go/dewar/store/redisstore v0.0.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/redis/rueidis v1.0.79 // indirect
	github.com/xdg-go/scram v1.4.0 // indirect
	github.com/xdg-go/stringprep v1.0.4 // indirect
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78 // indirect
	go.mongodb.org/mongo-driver/v2 v2.10.0 // indirect
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
	golang.org/x/tools v0.48.0 // indirect
)

replace (
	github.com/dewar-go/dewar => ../..
	github.com/dewar-go/dewar/open => ../../open
	github.com/dewar-go/dewar/store/mongostore => ../../store/mongostore
	github.com/dewar-go/dewar/store/redisstore => ../../store/redisstore
)
