
use builtin;
use str;

set edit:completion:arg-completer[catena-token] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'catena-token'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'catena-token'= {
            cand --client-id 'Client identifier [CATENA_CLIENT_ID]'
            cand --client-secret 'The secret; others can read it in `ps` [CATENA_CLIENT_SECRET]'
            cand --client-secret-file 'File with the secret, - is stdin [CATENA_CLIENT_SECRET_FILE]'
            cand --client-secret-command 'Prints the secret, by `sh -c` [CATENA_CLIENT_SECRET_COMMAND]'
            cand --issuer 'URL of the realm [CATENA_ISSUER] [default: Catena''s]'
            cand --scope 'Scope, '''' for none [CATENA_SCOPE] [default: organization]'
            cand --client-auth 'post or basic [CATENA_CLIENT_AUTH] [default: post]'
            cand --format 'token, json, header, curl, env, sh, fish, powershell [CATENA_FORMAT]'
            cand --env-name 'Variable''s name in env, sh, fish and powershell [default: CATENA_TOKEN]'
            cand --timeout 'For the whole call [CATENA_TIMEOUT] [default: 30s]'
            cand --connect-timeout 'For name, socket, proxy and TLS [default: 10s]'
            cand --retries 'After a temporary failure [CATENA_RETRIES] [default: 2]'
            cand --ca-cert 'PEM bundle to trust [CATENA_CA_CERT, SSL_CERT_FILE]'
            cand --proxy 'Proxy, '''' for none [HTTPS_PROXY, ALL_PROXY, NO_PROXY]'
            cand --json 'The same as --format json'
            cand -v 'Tell on stderr what happens, never a secret; -vv tells more'
            cand --verbose 'Tell on stderr what happens, never a secret; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand completions 'Prints the completion script of a shell'
            cand man 'Prints the man page (roff)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'catena-token;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'catena-token;help'= {
            cand completions 'Prints the completion script of a shell'
            cand man 'Prints the man page (roff)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;help;completions'= {
        }
        &'catena-token;help;man'= {
        }
        &'catena-token;help;help'= {
        }
    ]
    $completions[$command]
}
