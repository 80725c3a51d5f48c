package mongostore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/mongostore"
)

func TestParse(t *testing.T) {
	for _, row := range []struct{ url, database, collection string }{
		{"mongodb://h", "flask_session", "sessions"},
		{"mongodb://h?collection=s&retryWrites=false", "flask_session", "s"},
		{"mongodb://h/", "flask_session", "sessions"},
		{"mongodb://u:p%2Fq@h:1,i:2/app?collection=s&replicaSet=rs0&authSource=admin", "app", "s"},
		{"mongodb://[::1]:27017/app?retryWrites=false&collection=a%26b", "app", "a&b"},
	} {
		got, err := mongostore.Parse(row.url)
		if err != nil || got.Database != row.database || got.Collection != row.collection || *got.Client.ServerSelectionTimeout != 2*time.Second {
			t.Errorf("%s: %s, %s, %v", row.url, got.Database, got.Collection, err)
		}
	}
	if got, err := mongostore.Parse("mongodb://h/?serverSelectionTimeoutMS=7000"); err != nil || *got.Client.ServerSelectionTimeout != 7*time.Second {
		t.Errorf("%v", err)
	}
}

// A URL that can't be used is refused without a piece of it.
func TestURLRefusals(t *testing.T) {
	for _, url := range []string{
		"", "redis://h", "mongodb://", "mongodb://u:s3cr3t/x@h", "mongodb://u:s3cr3t%zz@h", "mongodb://u:s3cr3t@h?x=1@y", "mongodb://u:s3cr3t#@h",
		"mongodb://u:s3cr3t@h/?s3cr3t=1", "mongodb://u:s3cr3t@h/?collection=", "mongodb://u:s3cr3t@h/?collection=$s3cr3t", "mongodb://u:s3cr3t@h/?w=s3cr3t&journal=s3cr3t",
		"mongodb://u:s3cr3t@h/?tls=s3cr3t", "mongodb://u:s3cr3t@h/?connect=s3cr3t", "mongodb://u:s3cr3t@h/a.s3cr3t",
	} {
		_, err := mongostore.Parse(url)
		if err == nil || !strings.HasPrefix(err.Error(), "mongostore: ") || strings.Contains(strings.Replace(err.Error(), `unknown setting "s3cr3t"`, "", 1), "s3cr3t") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Open says that a server can't be reached, soon and without the password.
func TestOpenAway(t *testing.T) {
	begun := time.Now()
	st, closer, err := mongostore.Open(t.Context(), "mongodb://u:s3cr3t@127.0.0.1:1/?serverSelectionTimeoutMS=200", mongostore.Options{})
	if st != nil || closer != nil || err == nil || strings.Contains(err.Error(), "s3cr3t") || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

// What one opens is kept in the database and the collection of the URL.
func TestWhereAURLLeads(t *testing.T) {
	server := realserver.Mongo(t)
	create(t, open(t, "mongodb://"+server.Addr+"/app?collection=s", mongostore.Options{}), key, secret)
	c := raw(t, server).Database().Client().Database("app").Collection("s")
	if n, err := c.EstimatedDocumentCount(t.Context()); n != 1 || err != nil {
		t.Errorf("%d documents, %v", n, err)
	}
}
