package bench

import (
	"net/http"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

// ginOn is gin-contrib/sessions on one of its stores, in a router without
// logging.
func ginOn(store sessions.Store) Contender {
	gin.SetMode(gin.ReleaseMode)
	return Contender{Name: "gin", new: func(op Op) http.Handler {
		var numbers counter
		router := gin.New()
		router.Use(sessions.Sessions(sessionName, store))
		router.GET("/", func(c *gin.Context) {
			if op == Ignore {
				reply(c.Writer, true)
				return
			}
			s := sessions.Default(c)
			switch op {
			case Read:
				id, _ := s.Get(keyUser).(int)
				reply(c.Writer, id == userID)
				return
			case ReadCount:
				n, _ := s.Get(keyCount).(int)
				reply(c.Writer, n != 0)
				return
			case Write:
				s.Set(keyCount, numbers.next())
			default:
				seed(op, func(key string, v any) { s.Set(key, v) })
			}
			if err := s.Save(); err != nil {
				http.Error(c.Writer, "the session can't be saved", http.StatusInternalServerError)
				return
			}
			reply(c.Writer, true)
		})
		return router
	}}
}
