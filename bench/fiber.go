package bench

import (
	"net/http"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/session"
	"github.com/valyala/fasthttp"
)

// fiberOn is the session middleware of fiber v3, which runs on fasthttp.
func fiberOn(storage fiber.Storage) Contender {
	return Contender{Name: "fiber", fast: func(op Op) fasthttp.RequestHandler {
		var numbers counter
		app := fiber.New()
		app.Use(session.New(session.Config{Storage: storage}))
		app.Get("/", func(c fiber.Ctx) error {
			s, found := session.FromContext(c), true
			switch op {
			case Ignore:
			case Read:
				id, _ := s.Get(keyUser).(int)
				found = id == userID
			case ReadCount:
				n, _ := s.Get(keyCount).(int)
				found = n != 0
			case Write:
				s.Set(keyCount, numbers.next())
			default:
				seed(op, func(key string, v any) { s.Set(key, v) })
			}
			if !found {
				return c.SendStatus(http.StatusNoContent)
			}
			return c.SendString("ok")
		})
		return app.Handler()
	}}
}
