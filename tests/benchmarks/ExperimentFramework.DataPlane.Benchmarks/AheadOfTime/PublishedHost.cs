using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Benchmarks.AheadOfTime;

/// <summary>An application as it is published, and what its processes take.</summary>
internal sealed class PublishedHost
{
    private readonly string _command;
    private readonly string[] _arguments;

    private PublishedHost(string name, string command, string[] arguments, long size, bool exposes)
    {
        Name = name;
        _command = command;
        _arguments = arguments;
        Size = size;
        Exposes = exposes;
    }

    public string Name { get; }

    /// <summary>Bytes of the executable, without symbols; of the application's assemblies, where the run time is not published with it.</summary>
    public long Size { get; }

    /// <summary>Whether it serves a variant and has the exposure delivered.</summary>
    public bool Exposes { get; }

    public List<StartUp> StartUps { get; } = [];

    public static async Task<PublishedHost> PublishAsync(string project, bool exposes, bool isAheadOfTime, string name, string folder)
    {
        var output = Path.Combine(folder, $"{Path.GetFileName(project)}-{(isAheadOfTime ? "ahead-of-time" : "framework-dependent")}");
        string[] mode = isAheadOfTime ? ["-r", RuntimeInformation.RuntimeIdentifier] : ["-p:HostMode=FrameworkDependent"];
        using var publishing = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", output, .. mode])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await publishing.StandardOutput.ReadToEndAsync();
        await publishing.WaitForExitAsync();
        if (publishing.ExitCode != 0)
        {
            throw new InvalidOperationException($"{project} cannot be published: {said}");
        }

        var file = Path.Combine(output, Path.GetFileName(project));
        if (!isAheadOfTime)
        {
            return new PublishedHost(name, "dotnet", [$"{file}.dll"], Directory.EnumerateFiles(output, "*.dll").Sum(Length), exposes);
        }

        file = OperatingSystem.IsWindows() ? $"{file}.exe" : file;
        return new PublishedHost(name, file, [], Length(file), exposes);
    }

    /// <summary>Runs it until it has started and, where it exposes, the first exposure is delivered.</summary>
    public async Task<StartUp> RunAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(_command, _arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await ReadAsync(process, "started");
        var started = Stopwatch.GetElapsedTime(begun);
        TimeSpan? exposed = null;
        if (Exposes)
        {
            await ReadAsync(process, "\"eventType\":\"Exposure\"");
            exposed = Stopwatch.GetElapsedTime(begun);
        }

        process.Refresh();
        var (resident, peak) = (process.WorkingSet64, process.PeakWorkingSet64);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? new StartUp(started, exposed, resident, peak)
            : throw new InvalidOperationException($"{Name} ended with {process.ExitCode}.");
    }

    /// <summary>Reads past the lines of other events.</summary>
    private static async Task ReadAsync(Process process, string expected)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(expected, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"{process.StartInfo.FileName} did not say {expected}.");
    }

    private static long Length(string file) => new FileInfo(file).Length;
}
