
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'catena-token' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'catena-token'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'catena-token' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format: json, env, sh, ... [default: token]')
            [CompletionResult]::new('--env-name', '--env-name', [CompletionResultType]::ParameterName, 'Name of the variable [default: CATENA_TOKEN]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Same as --format json')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token even if a valid one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a token in its environment')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Keep a valid token in a file until stopped')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show a token''s claims, and verify it with --verify')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke a token and remove it from the cache')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Diagnose why there is no usable token')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Show, list or clear the token cache')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings, the configuration file or its profiles')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page (roff)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;exec' {
            [CompletionResult]::new('--env-name', '--env-name', [CompletionResultType]::ParameterName, 'Variable that holds the token [default: CATENA_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Path of the token file')
            [CompletionResult]::new('--token-file-mode', '--token-file-mode', [CompletionResultType]::ParameterName, '0600, or 0640 to let its group read it [default: 0600]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--renew', '--renew', [CompletionResultType]::ParameterName, 'Keep a valid token in a file while CMD runs')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token even if a valid one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;renew' {
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File to keep the token in')
            [CompletionResult]::new('--token-file-mode', '--token-file-mode', [CompletionResultType]::ParameterName, '0600, or 0640 to let its group read it [default: 0600]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Only check that the token in the file is valid')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token even if a valid one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;inspect' {
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Also check that the token is for this audience')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print header and claims as JSON, unchanged')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Verify the token with the issuer''s public keys')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token even if a valid one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;revoke' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Revoke all cached tokens of this client')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;doctor' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as JSON')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Do not use the network')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token even if a valid one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the cached tokens, without the tokens themselves')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached tokens and remembered keys')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;cache;path' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;clear' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;help' {
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the cached tokens, without the tokens themselves')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached tokens and remembered keys')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;cache;help;path' {
            break
        }
        'catena-token;cache;help;list' {
            break
        }
        'catena-token;cache;help;clear' {
            break
        }
        'catena-token;cache;help;help' {
            break
        }
        'catena-token;config' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show each setting with its origin')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List the profiles of the configuration file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;config;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Client secret (visible in `ps`)')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - for stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--client-assertion-file', '--client-assertion-file', [CompletionResultType]::ParameterName, 'File with a client assertion (JWT)')
            [CompletionResult]::new('--client-assertion-command', '--client-assertion-command', [CompletionResultType]::ParameterName, 'Shell command that prints a client assertion')
            [CompletionResult]::new('--client-assertion-from', '--client-assertion-from', [CompletionResultType]::ParameterName, 'Source of an assertion: github')
            [CompletionResult]::new('--signing-key-file', '--signing-key-file', [CompletionResultType]::ParameterName, 'File with a key to sign assertions')
            [CompletionResult]::new('--assertion-audience', '--assertion-audience', [CompletionResultType]::ParameterName, 'Audience of the assertion [default: the issuer]')
            [CompletionResult]::new('--client-assertion-type', '--client-assertion-type', [CompletionResultType]::ParameterName, 'jwt-bearer or jwt-spiffe [default: by its claims]')
            [CompletionResult]::new('--signing-key-id', '--signing-key-id', [CompletionResultType]::ParameterName, '`kid` of the signing key [default: none]')
            [CompletionResult]::new('--signing-alg', '--signing-alg', [CompletionResultType]::ParameterName, 'Algorithm of the signature [default: by the key]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'File with your TLS certificate (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'File with the certificate''s private key')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer URL [default: Catena''s realm]')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'Issuer in tokens, if it is not --issuer')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope, '''' for none [default: organization]')
            [CompletionResult]::new('--token-url', '--token-url', [CompletionResultType]::ParameterName, 'Token endpoint that no discovery names')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Further parameter of the token request')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post or basic [default: post]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format: json, env, sh, ... [default: token]')
            [CompletionResult]::new('--env-name', '--env-name', [CompletionResultType]::ParameterName, 'Name of the variable [default: CATENA_TOKEN]')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'Minimum remaining lifetime of the token')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Directory of the encrypted token cache')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Redis that machines share tokens in')
            [CompletionResult]::new('--cache-ca-cert', '--cache-ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) for --cache [default: as --ca-cert]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout, including retries [default: 30s]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Timeout for connecting [default: 10s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Retries of temporary failures [default: 2]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'CA bundle (PEM) [default: the system''s]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy URL, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the settings as JSON')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Do not use the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;config;path' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;config;profiles' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (TOML)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print progress to stderr; -vv for details')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show each setting with its origin')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List the profiles of the configuration file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;config;help;show' {
            break
        }
        'catena-token;config;help;path' {
            break
        }
        'catena-token;config;help;profiles' {
            break
        }
        'catena-token;config;help;help' {
            break
        }
        'catena-token;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;help' {
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a token in its environment')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Keep a valid token in a file until stopped')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show a token''s claims, and verify it with --verify')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke a token and remove it from the cache')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Diagnose why there is no usable token')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Show, list or clear the token cache')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings, the configuration file or its profiles')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page (roff)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;help;exec' {
            break
        }
        'catena-token;help;renew' {
            break
        }
        'catena-token;help;inspect' {
            break
        }
        'catena-token;help;revoke' {
            break
        }
        'catena-token;help;doctor' {
            break
        }
        'catena-token;help;cache' {
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the cached tokens, without the tokens themselves')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached tokens and remembered keys')
            break
        }
        'catena-token;help;cache;path' {
            break
        }
        'catena-token;help;cache;list' {
            break
        }
        'catena-token;help;cache;clear' {
            break
        }
        'catena-token;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show each setting with its origin')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List the profiles of the configuration file')
            break
        }
        'catena-token;help;config;show' {
            break
        }
        'catena-token;help;config;path' {
            break
        }
        'catena-token;help;config;profiles' {
            break
        }
        'catena-token;help;completions' {
            break
        }
        'catena-token;help;man' {
            break
        }
        'catena-token;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
