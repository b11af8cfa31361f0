
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
            cand --client-secret 'The secret itself; other users can read it in `ps` [CATENA_CLIENT_SECRET]'
            cand --client-secret-file 'File that holds the secret, - for stdin [CATENA_CLIENT_SECRET_FILE]'
            cand --client-secret-command 'Shell command that prints the secret [CATENA_CLIENT_SECRET_COMMAND]'
            cand --issuer 'URL of the realm [CATENA_ISSUER] [default: Catena''s]'
            cand --scope 'Scope to ask for, '''' for none [CATENA_SCOPE] [default: organization]'
            cand --client-auth 'Where the credentials travel: post or basic [CATENA_CLIENT_AUTH] [default: post]'
            cand --format 'token, json, header, curl, env, sh, fish or powershell [CATENA_FORMAT] [default: token]'
            cand --env-name 'Variable''s name in env, sh, fish and powershell [default: CATENA_TOKEN]'
            cand --timeout 'Time for the whole call, retries included [CATENA_TIMEOUT] [default: 30s]'
            cand --connect-timeout 'Time to connect: name, socket, proxy, TLS [default: 10s]'
            cand --retries 'Further tries after a temporary failure [CATENA_RETRIES] [default: 2]'
            cand --ca-cert 'PEM bundle to trust [CATENA_CA_CERT, SSL_CERT_FILE] [default: the system''s]'
            cand --proxy 'Proxy, '''' for none [HTTPS_PROXY, ALL_PROXY, NO_PROXY as curl reads them]'
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
