# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_catena_token_global_optspecs
    string join \n profile= config= client-id= client-secret= client-secret-file= client-secret-command= client-assertion-file= client-assertion-command= client-assertion-from= signing-key-file= assertion-audience= client-assertion-type= signing-key-id= signing-alg= client-cert= client-key= issuer= token-issuer= scope= token-url= param= client-auth= format= json env-name= min-ttl= refresh no-cache cache-dir= cache= cache-ca-cert= timeout= connect-timeout= retries= ca-cert= proxy= v/verbose q/quiet h/help V/version
end

function __fish_catena_token_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_catena_token_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_catena_token_global_optspecs) -- $cmd[1..-2] 2>/dev/null
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

complete -c catena-token -n "__fish_catena_token_needs_command" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-id -d 'Client id' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret -d 'Client secret (visible in `ps`)' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret-file -d 'File with the secret, - for stdin' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-assertion-file -d 'File with a client assertion (JWT)' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-assertion-command -d 'Shell command that prints a client assertion' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-assertion-from -d 'Source of an assertion: github' -r -f -a "github\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l signing-key-file -d 'File with a key to sign assertions' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l assertion-audience -d 'Audience of the assertion [default: the issuer]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-assertion-type -d 'jwt-bearer or jwt-spiffe [default: by its claims]' -r -f -a "jwt-bearer\t''
jwt-spiffe\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l signing-key-id -d '`kid` of the signing key [default: none]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l signing-alg -d 'Algorithm of the signature [default: by the key]' -r -f -a "RS256\t''
RS384\t''
RS512\t''
PS256\t''
PS384\t''
PS512\t''
ES256\t''
ES384\t''
EdDSA\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-cert -d 'File with your TLS certificate (PEM)' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-key -d 'File with the certificate\'s private key' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l issuer -d 'Issuer URL [default: Catena\'s realm]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l token-issuer -d 'Issuer in tokens, if it is not --issuer' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l scope -d 'Scope, \'\' for none [default: organization]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l token-url -d 'Token endpoint that no discovery names' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l param -d 'Further parameter of the token request' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l client-auth -d 'post or basic [default: post]' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l format -d 'Output format: json, env, sh, ... [default: token]' -r -f -a "token\t''
json\t''
header\t''
curl\t''
env\t''
sh\t''
fish\t''
powershell\t''
exec-credential\t''"
complete -c catena-token -n "__fish_catena_token_needs_command" -l env-name -d 'Name of the variable [default: CATENA_TOKEN]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l min-ttl -d 'Minimum remaining lifetime of the token' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_needs_command" -l cache -d 'Redis that machines share tokens in' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l cache-ca-cert -d 'CA bundle (PEM) for --cache [default: as --ca-cert]' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l timeout -d 'Timeout, including retries [default: 30s]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l connect-timeout -d 'Timeout for connecting [default: 10s]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l retries -d 'Retries of temporary failures [default: 2]' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l ca-cert -d 'CA bundle (PEM) [default: the system\'s]' -r -F
complete -c catena-token -n "__fish_catena_token_needs_command" -l proxy -d 'Proxy URL, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_needs_command" -l json -d 'Same as --format json'
complete -c catena-token -n "__fish_catena_token_needs_command" -l refresh -d 'Request a new token even if a valid one is cached'
complete -c catena-token -n "__fish_catena_token_needs_command" -l no-cache -d 'Do not use the cache'
complete -c catena-token -n "__fish_catena_token_needs_command" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_needs_command" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_needs_command" -s V -l version -d 'Print version'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "exec" -d 'Run a command with a token in its environment'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "renew" -d 'Keep a valid token in a file until stopped'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "inspect" -d 'Show a token\'s claims, and verify it with --verify'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "revoke" -d 'Revoke a token and remove it from the cache'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "doctor" -d 'Diagnose why there is no usable token'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "cache" -d 'Show, list or clear the token cache'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "config" -d 'Show the settings, the configuration file or its profiles'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "man" -d 'Print the man page (roff)'
complete -c catena-token -n "__fish_catena_token_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l env-name -d 'Variable that holds the token [default: CATENA_TOKEN]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l token-file -d 'Path of the token file' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew" -l token-file-mode -d '0600, or 0640 to let its group read it [default: 0600]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-id -d 'Client id' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-secret -d 'Client secret (visible in `ps`)' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-secret-file -d 'File with the secret, - for stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-assertion-file -d 'File with a client assertion (JWT)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-assertion-command -d 'Shell command that prints a client assertion' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-assertion-from -d 'Source of an assertion: github' -r -f -a "github\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l signing-key-file -d 'File with a key to sign assertions' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l assertion-audience -d 'Audience of the assertion [default: the issuer]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-assertion-type -d 'jwt-bearer or jwt-spiffe [default: by its claims]' -r -f -a "jwt-bearer\t''
jwt-spiffe\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l signing-key-id -d '`kid` of the signing key [default: none]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l signing-alg -d 'Algorithm of the signature [default: by the key]' -r -f -a "RS256\t''
RS384\t''
RS512\t''
PS256\t''
PS384\t''
PS512\t''
ES256\t''
ES384\t''
EdDSA\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-cert -d 'File with your TLS certificate (PEM)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-key -d 'File with the certificate\'s private key' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l issuer -d 'Issuer URL [default: Catena\'s realm]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l token-issuer -d 'Issuer in tokens, if it is not --issuer' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l scope -d 'Scope, \'\' for none [default: organization]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l token-url -d 'Token endpoint that no discovery names' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l param -d 'Further parameter of the token request' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l client-auth -d 'post or basic [default: post]' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect doctor" -l min-ttl -d 'Minimum remaining lifetime of the token' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l cache -d 'Redis that machines share tokens in' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l cache-ca-cert -d 'CA bundle (PEM) for --cache [default: as --ca-cert]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l timeout -d 'Timeout, including retries [default: 30s]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l connect-timeout -d 'Timeout for connecting [default: 10s]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l retries -d 'Retries of temporary failures [default: 2]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l ca-cert -d 'CA bundle (PEM) [default: the system\'s]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l proxy -d 'Proxy URL, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -l renew -d 'Keep a valid token in a file while CMD runs'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect doctor" -l refresh -d 'Request a new token even if a valid one is cached'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -l no-cache -d 'Do not use the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand exec renew inspect revoke doctor completions man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l token-file -d 'File to keep the token in' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand renew" -l check -d 'Only check that the token in the file is valid'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l audience -d 'Also check that the token is for this audience' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l json -d 'Print header and claims as JSON, unchanged'
complete -c catena-token -n "__fish_catena_token_using_subcommand inspect" -l verify -d 'Verify the token with the issuer\'s public keys'
complete -c catena-token -n "__fish_catena_token_using_subcommand revoke" -l all -d 'Revoke all cached tokens of this client'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l json -d 'Print the report as JSON'
complete -c catena-token -n "__fish_catena_token_using_subcommand doctor" -l offline -d 'Do not use the network'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "path" -d 'Print the cache directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "list" -d 'List the cached tokens, without the tokens themselves'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "clear" -d 'Remove all cached tokens and remembered keys'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and not __fish_seen_subcommand_from path list clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret -d 'Client secret (visible in `ps`)' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret-file -d 'File with the secret, - for stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-assertion-file -d 'File with a client assertion (JWT)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-assertion-command -d 'Shell command that prints a client assertion' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-assertion-from -d 'Source of an assertion: github' -r -f -a "github\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l signing-key-file -d 'File with a key to sign assertions' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-cert -d 'File with your TLS certificate (PEM)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l client-key -d 'File with the certificate\'s private key' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l cache -d 'Redis that machines share tokens in' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -l cache-ca-cert -d 'CA bundle (PEM) for --cache [default: as --ca-cert]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l cache -d 'Redis that machines share tokens in' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -l cache-ca-cert -d 'CA bundle (PEM) for --cache [default: as --ca-cert]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the cache directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the cached tokens, without the tokens themselves'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Remove all cached tokens and remembered keys'
complete -c catena-token -n "__fish_catena_token_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and not __fish_seen_subcommand_from show path profiles help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and not __fish_seen_subcommand_from show path profiles help" -f -a "show" -d 'Show each setting with its origin'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and not __fish_seen_subcommand_from show path profiles help" -f -a "path" -d 'Print the path of the configuration file'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and not __fish_seen_subcommand_from show path profiles help" -f -a "profiles" -d 'List the profiles of the configuration file'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and not __fish_seen_subcommand_from show path profiles help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile of the configuration file' -r -f -a "(catena-token config profiles 2>/dev/null)"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-id -d 'Client id' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-secret -d 'Client secret (visible in `ps`)' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-secret-file -d 'File with the secret, - for stdin' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-secret-command -d 'Shell command that prints the secret' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-assertion-file -d 'File with a client assertion (JWT)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-assertion-command -d 'Shell command that prints a client assertion' -r -f -a "(__fish_complete_command)"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-assertion-from -d 'Source of an assertion: github' -r -f -a "github\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l signing-key-file -d 'File with a key to sign assertions' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l assertion-audience -d 'Audience of the assertion [default: the issuer]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-assertion-type -d 'jwt-bearer or jwt-spiffe [default: by its claims]' -r -f -a "jwt-bearer\t''
jwt-spiffe\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l signing-key-id -d '`kid` of the signing key [default: none]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l signing-alg -d 'Algorithm of the signature [default: by the key]' -r -f -a "RS256\t''
RS384\t''
RS512\t''
PS256\t''
PS384\t''
PS512\t''
ES256\t''
ES384\t''
EdDSA\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-cert -d 'File with your TLS certificate (PEM)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-key -d 'File with the certificate\'s private key' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l issuer -d 'Issuer URL [default: Catena\'s realm]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l token-issuer -d 'Issuer in tokens, if it is not --issuer' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l scope -d 'Scope, \'\' for none [default: organization]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l token-url -d 'Token endpoint that no discovery names' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l param -d 'Further parameter of the token request' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l client-auth -d 'post or basic [default: post]' -r -f -a "post\t''
basic\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l format -d 'Output format: json, env, sh, ... [default: token]' -r -f -a "token\t''
json\t''
header\t''
curl\t''
env\t''
sh\t''
fish\t''
powershell\t''
exec-credential\t''"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l env-name -d 'Name of the variable [default: CATENA_TOKEN]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l min-ttl -d 'Minimum remaining lifetime of the token' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l cache-dir -d 'Directory of the encrypted token cache' -r -f -a "(__fish_complete_directories)"
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l cache -d 'Redis that machines share tokens in' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l cache-ca-cert -d 'CA bundle (PEM) for --cache [default: as --ca-cert]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'Timeout, including retries [default: 30s]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Timeout for connecting [default: 10s]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l retries -d 'Retries of temporary failures [default: 2]' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-cert -d 'CA bundle (PEM) [default: the system\'s]' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l proxy -d 'Proxy URL, \'\' for none' -r -f
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print the settings as JSON'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -l no-cache -d 'Do not use the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from profiles" -l config -d 'Configuration file (TOML)' -r -F
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from profiles" -s v -l verbose -d 'Print progress to stderr; -vv for details'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from profiles" -s q -l quiet -d 'Print errors only, no warnings'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from profiles" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show each setting with its origin'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the path of the configuration file'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "profiles" -d 'List the profiles of the configuration file'
complete -c catena-token -n "__fish_catena_token_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "exec" -d 'Run a command with a token in its environment'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "renew" -d 'Keep a valid token in a file until stopped'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "inspect" -d 'Show a token\'s claims, and verify it with --verify'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "revoke" -d 'Revoke a token and remove it from the cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "doctor" -d 'Diagnose why there is no usable token'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "cache" -d 'Show, list or clear the token cache'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "config" -d 'Show the settings, the configuration file or its profiles'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "man" -d 'Print the man page (roff)'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and not __fish_seen_subcommand_from exec renew inspect revoke doctor cache config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "path" -d 'Print the cache directory'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "list" -d 'List the cached tokens, without the tokens themselves'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clear" -d 'Remove all cached tokens and remembered keys'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show each setting with its origin'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print the path of the configuration file'
complete -c catena-token -n "__fish_catena_token_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "profiles" -d 'List the profiles of the configuration file'
complete -c catena-token -f
complete -c catena-token -n "__fish_catena_token_using_subcommand completions" -a "bash zsh fish elvish powershell"
complete -c catena-token -n "__fish_catena_token_using_subcommand exec" -a "(__fish_complete_subcommand --fcs-skip=2 - --env-name --token-file --token-file-mode --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --min-ttl --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy)"
