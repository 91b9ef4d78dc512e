using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Tool.Tests.Processes;

/// <summary>Runs scripts in a shell that finds <c>dataplane</c> as a program.</summary>
internal sealed class Shell : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no POSIX shell.");
        File.WriteAllText(_folder.File("dataplane"), $"#!/bin/sh\nexec dotnet '{System.IO.Path.Combine(AppContext.BaseDirectory, "dataplane.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File("dataplane"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A path in the folder that the scripts run in.</summary>
    public string Path(string name) => _folder.File(name);

    /// <summary>Runs a script, and returns the lines that it writes. The test is skipped if the shell is not installed.</summary>
    public async Task<string[]> RunAsync(string shell, string script)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(System.IO.Path.Combine(folder, shell))), $"{shell} is not installed.");
        var start = new ProcessStartInfo(shell, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.File("") };
        start.Environment["PATH"] = string.Join(System.IO.Path.PathSeparator, folders.Prepend(_folder.File("")));
        using var process = Process.Start(start)!;
        await using var kill = TestContext.Current.CancellationToken.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, await errors));
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _folder.Dispose();
}
