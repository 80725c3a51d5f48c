package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/sqlstore"
)

func newSchema(env Env) *cobra.Command {
	var table string
	dialects := []string{"postgresql", "mysql", "sqlite"}
	cmd := &cobra.Command{
		Use:   "schema postgresql|mysql|sqlite",
		Short: "Print the SQL that makes the table of sessions",
		Long: `Print the SQL that makes the table of sessions in a database, for those who make
it by hand or with their own migrations. It is Flask-Session's table, with an
index on the expiry, and on MySQL with room for more than 64 KiB. It is for
MariaDB as for MySQL. No database is asked.`,
		Example: `  dewar schema postgresql | psql mydb
  dewar schema mysql --table app_sessions`,
		ValidArgs: dialects,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(append(dialects, "postgres", "mariadb"), args[0]) {
				return misuse("for which database? One of postgresql, mysql, sqlite")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := sqlstore.ParseDialect(args[0])
			if err != nil {
				return err
			}
			text, err := sqlstore.Schema(d, table)
			if err != nil {
				return misuse("--table takes a name of letters, digits and _, or schema.name")
			}
			_, err = fmt.Fprint(env.Stdout, text)
			return err
		},
	}
	cmd.Flags().StringVar(&table, "table", "sessions", "the table's `NAME`, as SESSION_SQLALCHEMY_TABLE")
	return cmd
}

// openToMigrate makes the file of an SQLite database, and nothing else.
func openToMigrate(ctx context.Context, at string) (*open.Opened, error) {
	o, err := open.Existing(ctx, at)
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(strings.ToLower(at), "sqlite:") {
		return open.Open(ctx, at)
	}
	return o, err
}

func newMigrateSchema(env Env) *cobra.Command {
	var store storeFlags
	cmd := &cobra.Command{
		Use:   "migrate-schema",
		Short: "Make the table of sessions in a database, or what it lacks",
		Long: `Make the table of sessions in the database that a store's URL leads to, or what a
table lacks that Flask-Session made: the index on the expiry; on MySQL room for
more than 64 KiB and keys that tell a from A, for which MySQL copies the table.
What was run is printed as SQL. To do it again changes nothing, but prints on
PostgreSQL and SQLite the same, which does nothing where all is there. No session
is touched. What has no schema is unsupported.

` + storeHelp + "\n\n" + storeExitHelp,
		Example: `  dewar migrate-schema --store postgres://localhost/mydb`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("migrate-schema takes no argument: the store's URL says which table")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := store.openBy(cmd.Context(), env, openToMigrate)
			if err != nil {
				return err
			}
			defer at.Close()
			database, ok := at.Store.(interface {
				Migrate(context.Context) ([]string, error)
			})
			if !ok {
				return &refusal{"unsupported", "this kind of store has no schema"}
			}
			done, err := database.Migrate(cmd.Context())
			for _, text := range done {
				fmt.Fprintln(env.Stdout, text+";")
			}
			return err
		},
	}
	store.addTo(cmd)
	return cmd
}
