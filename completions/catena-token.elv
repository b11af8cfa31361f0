
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
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --format 'Output format: json, env, sh, ... [default: token]'
            cand --env-name 'Name of the variable [default: CATENA_TOKEN]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --json 'Same as --format json'
            cand --refresh 'Request a new token even if a valid one is cached'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand exec 'Run a command with a token in its environment'
            cand renew 'Keep a valid token in a file until stopped'
            cand inspect 'Show a token''s claims, and verify it with --verify'
            cand revoke 'Revoke a token and remove it from the cache'
            cand doctor 'Diagnose why there is no usable token'
            cand cache 'Show, list or clear the token cache'
            cand config 'Show the settings, the configuration file or its profiles'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the man page (roff)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;exec'= {
            cand --env-name 'Variable that holds the token [default: CATENA_TOKEN]'
            cand --token-file 'Path of the token file'
            cand --token-file-mode '0600, or 0640 to let its group read it [default: 0600]'
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --renew 'Keep a valid token in a file while CMD runs'
            cand --refresh 'Request a new token even if a valid one is cached'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;renew'= {
            cand --token-file 'File to keep the token in'
            cand --token-file-mode '0600, or 0640 to let its group read it [default: 0600]'
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --check 'Only check that the token in the file is valid'
            cand --refresh 'Request a new token even if a valid one is cached'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;inspect'= {
            cand --audience 'Also check that the token is for this audience'
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --json 'Print header and claims as JSON, unchanged'
            cand --verify 'Verify the token with the issuer''s public keys'
            cand --refresh 'Request a new token even if a valid one is cached'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;revoke'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --all 'Revoke all cached tokens of this client'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;doctor'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --json 'Print the report as JSON'
            cand --offline 'Do not use the network'
            cand --refresh 'Request a new token even if a valid one is cached'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand path 'Print the cache directory'
            cand list 'List the cached tokens, without the tokens themselves'
            cand clear 'Remove all cached tokens and remembered keys'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;cache;path'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;list'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;clear'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;cache;help'= {
            cand path 'Print the cache directory'
            cand list 'List the cached tokens, without the tokens themselves'
            cand clear 'Remove all cached tokens and remembered keys'
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
        &'catena-token;config'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand show 'Show each setting with its origin'
            cand path 'Print the path of the configuration file'
            cand profiles 'List the profiles of the configuration file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;config;show'= {
            cand --profile 'Use this profile of the configuration file'
            cand --config 'Configuration file (TOML)'
            cand --client-id 'Client id'
            cand --client-secret 'Client secret (visible in `ps`)'
            cand --client-secret-file 'File with the secret, - for stdin'
            cand --client-secret-command 'Shell command that prints the secret'
            cand --client-assertion-file 'File with a client assertion (JWT)'
            cand --client-assertion-command 'Shell command that prints a client assertion'
            cand --client-assertion-from 'Source of an assertion: github'
            cand --signing-key-file 'File with a key to sign assertions'
            cand --assertion-audience 'Audience of the assertion [default: the issuer]'
            cand --client-assertion-type 'jwt-bearer or jwt-spiffe [default: by its claims]'
            cand --signing-key-id '`kid` of the signing key [default: none]'
            cand --signing-alg 'Algorithm of the signature [default: by the key]'
            cand --client-cert 'File with your TLS certificate (PEM)'
            cand --client-key 'File with the certificate''s private key'
            cand --issuer 'Issuer URL [default: Catena''s realm]'
            cand --token-issuer 'Issuer in tokens, if it is not --issuer'
            cand --scope 'Scope, '''' for none [default: organization]'
            cand --token-url 'Token endpoint that no discovery names'
            cand --param 'Further parameter of the token request'
            cand --client-auth 'post or basic [default: post]'
            cand --format 'Output format: json, env, sh, ... [default: token]'
            cand --env-name 'Name of the variable [default: CATENA_TOKEN]'
            cand --min-ttl 'Minimum remaining lifetime of the token'
            cand --cache-dir 'Directory of the encrypted token cache'
            cand --cache 'Redis that machines share tokens in'
            cand --cache-ca-cert 'CA bundle (PEM) for --cache [default: as --ca-cert]'
            cand --timeout 'Timeout, including retries [default: 30s]'
            cand --connect-timeout 'Timeout for connecting [default: 10s]'
            cand --retries 'Retries of temporary failures [default: 2]'
            cand --ca-cert 'CA bundle (PEM) [default: the system''s]'
            cand --proxy 'Proxy URL, '''' for none'
            cand --json 'Print the settings as JSON'
            cand --no-cache 'Do not use the cache'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;config;path'= {
            cand --config 'Configuration file (TOML)'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;config;profiles'= {
            cand --config 'Configuration file (TOML)'
            cand -v 'Print progress to stderr; -vv for details'
            cand --verbose 'Print progress to stderr; -vv for details'
            cand -q 'Print errors only, no warnings'
            cand --quiet 'Print errors only, no warnings'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;config;help'= {
            cand show 'Show each setting with its origin'
            cand path 'Print the path of the configuration file'
            cand profiles 'List the profiles of the configuration file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'catena-token;config;help;show'= {
        }
        &'catena-token;config;help;path'= {
        }
        &'catena-token;config;help;profiles'= {
        }
        &'catena-token;config;help;help'= {
        }
        &'catena-token;completions'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;man'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'catena-token;help'= {
            cand exec 'Run a command with a token in its environment'
            cand renew 'Keep a valid token in a file until stopped'
            cand inspect 'Show a token''s claims, and verify it with --verify'
            cand revoke 'Revoke a token and remove it from the cache'
            cand doctor 'Diagnose why there is no usable token'
            cand cache 'Show, list or clear the token cache'
            cand config 'Show the settings, the configuration file or its profiles'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the man page (roff)'
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
            cand path 'Print the cache directory'
            cand list 'List the cached tokens, without the tokens themselves'
            cand clear 'Remove all cached tokens and remembered keys'
        }
        &'catena-token;help;cache;path'= {
        }
        &'catena-token;help;cache;list'= {
        }
        &'catena-token;help;cache;clear'= {
        }
        &'catena-token;help;config'= {
            cand show 'Show each setting with its origin'
            cand path 'Print the path of the configuration file'
            cand profiles 'List the profiles of the configuration file'
        }
        &'catena-token;help;config;show'= {
        }
        &'catena-token;help;config;path'= {
        }
        &'catena-token;help;config;profiles'= {
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
