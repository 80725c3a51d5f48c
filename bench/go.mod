module github.com/dewar-go/dewar/bench

go 1.26

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/gorilla/sessions v1.4.0
)

require github.com/gorilla/securecookie v1.1.2 // indirect

replace github.com/dewar-go/dewar => ../
