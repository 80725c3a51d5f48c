module github.com/dewar-go/dewar/store/memcachestore

go 1.26

require github.com/dewar-go/dewar v0.0.0

replace github.com/dewar-go/dewar => ../..
