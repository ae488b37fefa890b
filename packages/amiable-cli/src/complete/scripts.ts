// What a shell runs when somebody presses Tab. Each asks `amiable complete`, which knows the rest.

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The script of each shell. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // bash cuts words at = and : and replaces only what stands behind; it needs no package bash-completion
  bash: `# amiable: eval "$(amiable completion bash)" in ~/.bashrc
_amiable() {
  local line=\${COMP_LINE:0:COMP_POINT} word one prefix
  local -a words=()
  read -ra words <<<"$line"
  case $line in *[[:space:]]) words+=("") ;; esac
  word=\${words[\${#words[@]}-1]}
  prefix=\${word%"\${word##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r one; do
    case $one in *=) ;; *) one="$one " ;; esac
    COMPREPLY+=("\${one#"$prefix"}")
  done < <(amiable complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o nospace -o default -F _amiable amiable`,
  zsh: `#compdef amiable
# amiable: source <(amiable completion zsh) in ~/.zshrc, after compinit
_amiable() {
  local -a found
  found=("\${(@f)$(amiable complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  if (( ! $#found )); then _files; return; fi
  compadd -S '' -- \${(M)found:#*=}
  compadd -- \${found:#*=}
}
compdef _amiable amiable`,
  fish: `# amiable: amiable completion fish > ~/.config/fish/completions/amiable.fish
complete -c amiable -f -a '(amiable complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
}
