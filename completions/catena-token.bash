_catena__token() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    if [[ "${prev}" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="catena__token"
                ;;
            catena__token,cache)
                cmd="catena__token__subcmd__cache"
                ;;
            catena__token,completions)
                cmd="catena__token__subcmd__completions"
                ;;
            catena__token,config)
                cmd="catena__token__subcmd__config"
                ;;
            catena__token,doctor)
                cmd="catena__token__subcmd__doctor"
                ;;
            catena__token,exec)
                cmd="catena__token__subcmd__exec"
                ;;
            catena__token,help)
                cmd="catena__token__subcmd__help"
                ;;
            catena__token,inspect)
                cmd="catena__token__subcmd__inspect"
                ;;
            catena__token,man)
                cmd="catena__token__subcmd__man"
                ;;
            catena__token,renew)
                cmd="catena__token__subcmd__renew"
                ;;
            catena__token,revoke)
                cmd="catena__token__subcmd__revoke"
                ;;
            catena__token__subcmd__cache,clear)
                cmd="catena__token__subcmd__cache__subcmd__clear"
                ;;
            catena__token__subcmd__cache,help)
                cmd="catena__token__subcmd__cache__subcmd__help"
                ;;
            catena__token__subcmd__cache,list)
                cmd="catena__token__subcmd__cache__subcmd__list"
                ;;
            catena__token__subcmd__cache,path)
                cmd="catena__token__subcmd__cache__subcmd__path"
                ;;
            catena__token__subcmd__config,help)
                cmd="catena__token__subcmd__config__subcmd__help"
                ;;
            catena__token__subcmd__config,path)
                cmd="catena__token__subcmd__config__subcmd__path"
                ;;
            catena__token__subcmd__config,profiles)
                cmd="catena__token__subcmd__config__subcmd__profiles"
                ;;
            catena__token__subcmd__config,show)
                cmd="catena__token__subcmd__config__subcmd__show"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        catena__token)
            opts="-v -q -h -V --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --format --json --env-name --min-ttl --refresh --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help --version exec renew inspect revoke doctor cache config completions man help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--env-name|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "token json header curl env sh fish powershell exec-credential" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__cache)
            opts="-h --help path list clear help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__cache__subcmd__clear)
            opts="-v -q -h --profile --config --cache-dir --cache --cache-ca-cert --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--cache-ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --cache)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__cache__subcmd__help)
            opts="path list clear help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__cache__subcmd__list)
            opts="-v -q -h --profile --config --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --client-cert --client-key --cache-dir --cache --cache-ca-cert --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-secret)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--cache)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__cache__subcmd__path)
            opts="-v -q -h --profile --config --cache-dir --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__completions)
            opts="-h --help bash zsh fish elvish powershell"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__config)
            opts="-h --help show path profiles help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__config__subcmd__help)
            opts="show path profiles help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__config__subcmd__path)
            opts="-v -q -h --config --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --config)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__config__subcmd__profiles)
            opts="-v -q -h --config --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --config)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__config__subcmd__show)
            opts="-v -q -h --json --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --format --env-name --min-ttl --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--env-name|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "token json header curl env sh fish powershell exec-credential" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__doctor)
            opts="-v -q -h --json --offline --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --min-ttl --refresh --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__exec)
            local word last=""
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "${last},${word}" in
                    *,=) continue ;;
                    *,-*|--env-name,*|--token-file,*|--token-file-mode,*|--profile,*|--config,*|--client-id,*|--client-secret,*|--client-secret-file,*|--client-secret-command,*|--client-assertion-file,*|--client-assertion-command,*|--client-assertion-from,*|--signing-key-file,*|--assertion-audience,*|--client-assertion-type,*|--signing-key-id,*|--signing-alg,*|--client-cert,*|--client-key,*|--issuer,*|--token-issuer,*|--scope,*|--token-url,*|--param,*|--client-auth,*|--min-ttl,*|--cache-dir,*|--cache,*|--cache-ca-cert,*|--timeout,*|--connect-timeout,*|--retries,*|--ca-cert,*|--proxy,*|*,exec) ;;
                    *) return 0 ;;
                esac
                last="${word}"
            done
            case "${last},${cur}" in
                *,-*|--env-name,*|--token-file,*|--token-file-mode,*|--profile,*|--config,*|--client-id,*|--client-secret,*|--client-secret-file,*|--client-secret-command,*|--client-assertion-file,*|--client-assertion-command,*|--client-assertion-from,*|--signing-key-file,*|--assertion-audience,*|--client-assertion-type,*|--signing-key-id,*|--signing-alg,*|--client-cert,*|--client-key,*|--issuer,*|--token-issuer,*|--scope,*|--token-url,*|--param,*|--client-auth,*|--min-ttl,*|--cache-dir,*|--cache,*|--cache-ca-cert,*|--timeout,*|--connect-timeout,*|--retries,*|--ca-cert,*|--proxy,*) ;;
                *)
                    COMPREPLY=( $(compgen -c -- "${cur}") )
                    return 0
                    ;;
            esac
            opts="-v -q -h --env-name --renew --token-file --token-file-mode --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --min-ttl --refresh --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --env-name|--token-file-mode|--client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --token-file|--config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__help)
            opts="exec renew inspect revoke doctor cache config completions man help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__inspect)
            opts="-v -q -h --json --verify --audience --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --min-ttl --refresh --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --audience|--client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__man)
            opts="-h --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__renew)
            opts="-v -q -h --token-file --token-file-mode --check --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --min-ttl --refresh --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --token-file|--config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --token-file-mode|--client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--min-ttl|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        catena__token__subcmd__revoke)
            opts="-v -q -h --all --profile --config --client-id --client-secret --client-secret-file --client-secret-command --client-assertion-file --client-assertion-command --client-assertion-from --signing-key-file --assertion-audience --client-assertion-type --signing-key-id --signing-alg --client-cert --client-key --issuer --token-issuer --scope --token-url --param --client-auth --no-cache --cache-dir --cache --cache-ca-cert --timeout --connect-timeout --retries --ca-cert --proxy --verbose --quiet --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
                    return 0
                    ;;
                --config|--client-secret-file|--client-assertion-file|--signing-key-file|--client-cert|--client-key|--cache-ca-cert|--ca-cert)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --client-id|--client-secret|--assertion-audience|--signing-key-id|--scope|--param|--timeout|--connect-timeout|--retries)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --client-secret-command|--client-assertion-command|--issuer|--token-issuer|--token-url|--cache|--proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --client-assertion-from)
                    COMPREPLY=($(compgen -W "github" -- "${cur}"))
                    return 0
                    ;;
                --client-assertion-type)
                    COMPREPLY=($(compgen -W "jwt-bearer jwt-spiffe" -- "${cur}"))
                    return 0
                    ;;
                --signing-alg)
                    COMPREPLY=($(compgen -W "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA" -- "${cur}"))
                    return 0
                    ;;
                --client-auth)
                    COMPREPLY=($(compgen -W "post basic" -- "${cur}"))
                    return 0
                    ;;
                --cache-dir)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _catena__token -o nosort -o bashdefault -o default catena-token
else
    complete -F _catena__token -o bashdefault -o default catena-token
fi
