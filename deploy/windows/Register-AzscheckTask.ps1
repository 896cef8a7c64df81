#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Registers azscheck-task.xml, and lets its account read the configuration and write the state.
.DESCRIPTION
Expects azscheck in C:\Program Files\azscheck (py -m venv, then pip install), and azscheck.yaml with the files that
hold its secrets in C:\ProgramData\azscheck. Run it again after the task has changed.
#>
[CmdletBinding()]
param(
    [string] $TaskName = 'azscheck',
    [string] $Folder = 'C:\ProgramData\azscheck'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$state = Join-Path $Folder 'state'
New-Item -ItemType Directory -Force -Path $Folder, $state | Out-Null

# Administrators and the system may do everything, LOCAL SERVICE (S-1-5-19) may read, and write its state; nobody else.
& icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' '*S-1-5-19:(OI)(CI)RX' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "The rights on $Folder could not be set." }
& icacls.exe $state /grant '*S-1-5-19:(OI)(CI)M' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "The rights on $state could not be set." }

$xml = Get-Content -Raw -Encoding UTF8 -Path (Join-Path $PSScriptRoot 'azscheck-task.xml')
Register-ScheduledTask -TaskName $TaskName -Xml $xml -Force | Out-Null
Write-Output "Registered the task $TaskName. Start-ScheduledTask $TaskName runs it now."
