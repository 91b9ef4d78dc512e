using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Tool.Tests.Streams;

/// <summary>Runs the command in a process of its own, for what only real pipes, devices and signals show.</summary>
internal static class ToolProcess
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace(
            Path.Combine("tests", "ExperimentFramework.DataPlane.Tool.Tests"), Path.Combine("src", "ExperimentFramework.DataPlane.Tool"), StringComparison.Ordinal),
        "dataplane.dll");

    /// <summary>Runs a script of Bash, in which <c>dataplane</c> is the command and <c>$1</c> the first argument.</summary>
    public static async Task<ToolRun> BashAsync(string script, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no Bash.");
        using var process = Start("bash", ["-c", $"dataplane() {{ dotnet \"$0\" \"$@\"; }}\n{script}", Program, .. arguments]);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the command. Its standard input is open.</summary>
    public static Process Start(params string[] arguments) => Start("dotnet", [Program, .. arguments]);

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
