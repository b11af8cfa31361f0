# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_catena_token_global_optspecs
    string join \n client-id= client-secret= client-secret-file= client-secret-command= issuer= scope= client-auth= format= json env-name= min-ttl= refresh no-cache cache-dir= timeout= connect-timeout= retries= ca-cert= proxy= v/verbose q/quiet h/help V/version
end

function __fish_catena_token_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_catena_token_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_catena_token_using_subcommand
    set -l cmd (__fish_catena_token_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c catena-token -n "__fish_catena_token_needs_command" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l format -d 'token, json, header, curl, env, sh, fish, powershell' -r -f -a "token\t''
json\t''
header\t''
curl\t''
env\t''
sh\t''
fish\t''
powershell\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l env-name -d 'Variable\'s name in env, sh, fish and powershell' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l min-ttl -d 'The printed token lives at least this long' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l json -d 'The same as --format json'
complete -c catena-token -n "__fish_catena_token_needs_command" -l refresh -d 'Request a new token, even if one is cached'
complete -c catena-token -n "__fish_catena_token_needs_command" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_needs_command" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_needs_command" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_needs_command" -s V -l version -d 'Print version'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "exec" -d 'Runs a command with a token in its environment'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "renew" -d 'Keeps a token file fresh until it is ended'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "inspect" -d 'Shows what a token says, and whether it is genuine'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "revoke" -d 'Ends a token at the service, and forgets it'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "doctor" -d 'Finds what is wrong between here and a usable token'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "cache" -d 'Shows the cache directory, lists the cached tokens, or removes them'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "completions" -d 'Prints the completion script of a shell'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "man" -d 'Prints the man page (roff)'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l env-name -d 'The variable that holds the token' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l token-file -d 'Where that file is' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l token-file-mode -d '0600, or 0640 for readers of its group' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l min-ttl -d 'The printed token lives at least this long' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l renew -d 'Keep a token file fresh while CMD runs'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l refresh -d 'Request a new token, even if one is cached'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l token-file -d 'The file that holds the token, and nothing else' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l token-file-mode -d '0600, or 0640 for readers of its group' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l min-ttl -d 'The printed token lives at least this long' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l refresh -d 'Request a new token, even if one is cached'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l audience -d 'Check that it is meant for this audience, too' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l token-issuer -d 'What its `iss` must be, if not the issuer\'s URL' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l min-ttl -d 'The printed token lives at least this long' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l json -d 'Print header and claims as they were sent'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l verify -d 'Check that it is genuine, by the realm\'s keys'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l refresh -d 'Request a new token, even if one is cached'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l token-issuer -d 'What its `iss` must be, if not the issuer\'s URL' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l all -d 'Every cached token of this client'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l client-id -d 'Client identifier' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l issuer -d 'URL of the realm, Catena\'s by default' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l scope -d 'Scope to ask for, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l client-auth -d 'post (the default) or basic' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l min-ttl -d 'The printed token lives at least this long' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l timeout -d 'For the whole call; 30s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l connect-timeout -d 'For name, socket, proxy and TLS; 10s' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l retries -d 'Further tries after a temporary failure; 2' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l ca-cert -d 'PEM bundle to trust, not the system\'s' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l proxy -d 'Proxy, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l json -d 'Print the report as JSON'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l offline -d 'Do not use the network'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l refresh -d 'Request a new token, even if one is cached'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l no-cache -d 'Neither read nor write the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -s h -l help -d 'Print help'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "path" -d 'Prints the directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "list" -d 'Lists the cached tokens, never a token itself'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "clear" -d 'Removes every cached token and remembered key'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret -d 'The secret; others can read it in `ps`' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret-file -d 'File with the secret, - is stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l cache-dir -d 'The cache directory; tokens in it are encrypted' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Tell on stderr what happens; -vv tells more'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "path" -d 'Prints the directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "list" -d 'Lists the cached tokens, never a token itself'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Removes every cached token and remembered key'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand completions" -s h -l help -d 'Print help'
complete -c catena-token -n "__fish_catena_token_using_subcommand man" -s h -l help -d 'Print help'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "exec" -d 'Runs a command with a token in its environment'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "renew" -d 'Keeps a token file fresh until it is ended'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "inspect" -d 'Shows what a token says, and whether it is genuine'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "revoke" -d 'Ends a token at the service, and forgets it'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "doctor" -d 'Finds what is wrong between here and a usable token'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "cache" -d 'Shows the cache directory, lists the cached tokens, or removes them'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "completions" -d 'Prints the completion script of a shell'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "man" -d 'Prints the man page (roff)'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "path" -d 'Prints the directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "list" -d 'Lists the cached tokens, never a token itself'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clear" -d 'Removes every cached token and remembered key'
