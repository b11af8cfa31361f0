
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
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --format 'token, json, header, curl, env, sh, fish, powershell'
            cand --env-name 'Variable''s name in env, sh, fish and powershell'
            cand --min-ttl 'The printed token lives at least this long'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --json 'The same as --format json'
            cand --refresh 'Request a new token, even if one is cached'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand exec 'Runs a command with a token in its environment'
            cand renew 'Keeps a token file fresh until it is ended'
            cand inspect 'Shows what a token says, and whether it is genuine'
            cand revoke 'Ends a token at the service, and forgets it'
            cand doctor 'Finds what is wrong between here and a usable token'
            cand cache 'Shows the cache directory, lists the cached tokens, or removes them'
            cand completions 'Prints the completion script of a shell'
            cand man 'Prints the man page (roff)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;exec'= {
            cand --env-name 'The variable that holds the token'
            cand --token-file 'Where that file is'
            cand --token-file-mode '0600, or 0640 for readers of its group'
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --min-ttl 'The printed token lives at least this long'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --renew 'Keep a token file fresh while CMD runs'
            cand --refresh 'Request a new token, even if one is cached'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;renew'= {
            cand --token-file 'The file that holds the token, and nothing else'
            cand --token-file-mode '0600, or 0640 for readers of its group'
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --min-ttl 'The printed token lives at least this long'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --refresh 'Request a new token, even if one is cached'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;inspect'= {
            cand --audience 'Check that it is meant for this audience, too'
            cand --token-issuer 'What its `iss` must be, if not the issuer''s URL'
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --min-ttl 'The printed token lives at least this long'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --json 'Print header and claims as they were sent'
            cand --verify 'Check that it is genuine, by the realm''s keys'
            cand --refresh 'Request a new token, even if one is cached'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;revoke'= {
            cand --token-issuer 'What its `iss` must be, if not the issuer''s URL'
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --all 'Every cached token of this client'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;doctor'= {
            cand --client-id 'Client identifier'
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --issuer 'URL of the realm, Catena''s by default'
            cand --scope 'Scope to ask for, '''' for none'
            cand --client-auth 'post (the default) or basic'
            cand --min-ttl 'The printed token lives at least this long'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand --timeout 'For the whole call; 30s'
            cand --connect-timeout 'For name, socket, proxy and TLS; 10s'
            cand --retries 'Further tries after a temporary failure; 2'
            cand --ca-cert 'PEM bundle to trust, not the system''s'
            cand --proxy 'Proxy, '''' for none'
            cand --json 'Print the report as JSON'
            cand --offline 'Do not use the network'
            cand --refresh 'Request a new token, even if one is cached'
            cand --no-cache 'Neither read nor write the cache'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand path 'Prints the directory'
            cand list 'Lists the cached tokens, never a token itself'
            cand clear 'Removes every cached token and remembered key'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;cache;path'= {
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;list'= {
            cand --client-secret 'The secret; others can read it in `ps`'
            cand --client-secret-file 'File with the secret, - is stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;clear'= {
            cand --cache-dir 'The cache directory; tokens in it are encrypted'
            cand -v 'Tell on stderr what happens; -vv tells more'
            cand --verbose 'Tell on stderr what happens; -vv tells more'
            cand -q 'Errors only, no warnings'
            cand --quiet 'Errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;help'= {
            cand path 'Prints the directory'
            cand list 'Lists the cached tokens, never a token itself'
            cand clear 'Removes every cached token and remembered key'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;cache;help;path'= {
        }
        &'catena-token;cache;help;list'= {
        }
        &'catena-token;cache;help;clear'= {
        }
        &'catena-token;cache;help;help'= {
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
            cand exec 'Runs a command with a token in its environment'
            cand renew 'Keeps a token file fresh until it is ended'
            cand inspect 'Shows what a token says, and whether it is genuine'
            cand revoke 'Ends a token at the service, and forgets it'
            cand doctor 'Finds what is wrong between here and a usable token'
            cand cache 'Shows the cache directory, lists the cached tokens, or removes them'
            cand completions 'Prints the completion script of a shell'
            cand man 'Prints the man page (roff)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;help;exec'= {
        }
        &'catena-token;help;renew'= {
        }
        &'catena-token;help;inspect'= {
        }
        &'catena-token;help;revoke'= {
        }
        &'catena-token;help;doctor'= {
        }
        &'catena-token;help;cache'= {
            cand path 'Prints the directory'
            cand list 'Lists the cached tokens, never a token itself'
            cand clear 'Removes every cached token and remembered key'
        }
        &'catena-token;help;cache;path'= {
        }
        &'catena-token;help;cache;list'= {
        }
        &'catena-token;help;cache;clear'= {
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
