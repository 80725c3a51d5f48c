package bench

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// A fastClient calls a handler of fasthttp's.
type fastClient struct {
	handler fasthttp.RequestHandler
	ctx     fasthttp.RequestCtx
	sent    string // as the Cookie header
}

func newFastClient(h fasthttp.RequestHandler, cookie string) *fastClient {
	return &fastClient{handler: h, sent: cookie}
}

func (c *fastClient) send() int {
	c.ctx.Request.Reset()
	c.ctx.Response.Reset()
	c.ctx.ResetUserValues()
	c.ctx.Request.SetRequestURI("https://example.test/")
	if c.sent != "" {
		c.ctx.Request.Header.Set("Cookie", c.sent)
	}
	c.handler(&c.ctx)
	return c.ctx.Response.StatusCode()
}

func (c *fastClient) cookie() string {
	var pair []byte
	for _, line := range c.ctx.Response.Header.Cookies() {
		pair, _, _ = bytes.Cut(line, []byte(";"))
	}
	return string(pair)
}
