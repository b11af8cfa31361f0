
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
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'token, json, header, curl, env, sh, fish, powershell')
            [CompletionResult]::new('--env-name', '--env-name', [CompletionResultType]::ParameterName, 'Variable''s name in env, sh, fish and powershell')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'The printed token lives at least this long')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as --format json')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token, even if one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Runs a command with a token in its environment')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Keeps a token file fresh until it is ended')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Shows what a token says, and whether it is genuine')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Ends a token at the service, and forgets it')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Finds what is wrong between here and a usable token')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Shows the cache directory, lists the cached tokens, or removes them')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Prints the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Prints the man page (roff)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;exec' {
            [CompletionResult]::new('--env-name', '--env-name', [CompletionResultType]::ParameterName, 'The variable that holds the token')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Where that file is')
            [CompletionResult]::new('--token-file-mode', '--token-file-mode', [CompletionResultType]::ParameterName, '0600, or 0640 for readers of its group')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'The printed token lives at least this long')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--renew', '--renew', [CompletionResultType]::ParameterName, 'Keep a token file fresh while CMD runs')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token, even if one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;renew' {
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file that holds the token, and nothing else')
            [CompletionResult]::new('--token-file-mode', '--token-file-mode', [CompletionResultType]::ParameterName, '0600, or 0640 for readers of its group')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'The printed token lives at least this long')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token, even if one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;inspect' {
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Check that it is meant for this audience, too')
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'What its `iss` must be, if not the issuer''s URL')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'The printed token lives at least this long')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print header and claims as they were sent')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Check that it is genuine, by the realm''s keys')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token, even if one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;revoke' {
            [CompletionResult]::new('--token-issuer', '--token-issuer', [CompletionResultType]::ParameterName, 'What its `iss` must be, if not the issuer''s URL')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every cached token of this client')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;doctor' {
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client identifier')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'URL of the realm, Catena''s by default')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for, '''' for none')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'post (the default) or basic')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'The printed token lives at least this long')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'For the whole call; 30s')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'For name, socket, proxy and TLS; 10s')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Further tries after a temporary failure; 2')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'PEM bundle to trust, not the system''s')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy, '''' for none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as JSON')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Do not use the network')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Request a new token, even if one is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Prints the directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Lists the cached tokens, never a token itself')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Removes every cached token and remembered key')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'catena-token;cache;path' {
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;list' {
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The secret; others can read it in `ps`')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the secret, - is stdin')
            [CompletionResult]::new('--client-secret-command', '--client-secret-command', [CompletionResultType]::ParameterName, 'Shell command that prints the secret')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;clear' {
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'The cache directory; tokens in it are encrypted')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr what happens; -vv tells more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only, no warnings')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'catena-token;cache;help' {
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Prints the directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Lists the cached tokens, never a token itself')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Removes every cached token and remembered key')
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
        'catena-token;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'catena-token;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'catena-token;help' {
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Runs a command with a token in its environment')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Keeps a token file fresh until it is ended')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Shows what a token says, and whether it is genuine')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Ends a token at the service, and forgets it')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Finds what is wrong between here and a usable token')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Shows the cache directory, lists the cached tokens, or removes them')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Prints the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Prints the man page (roff)')
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
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Prints the directory')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Lists the cached tokens, never a token itself')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Removes every cached token and remembered key')
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
