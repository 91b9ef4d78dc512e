using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>
/// A compiler server, as builds have one. It is started here and not by the first compiler that wants it, which would leave its output
/// open for as long as the server lives.
/// </summary>
internal sealed class CompilerServer : IDisposable
{
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(3);

    private readonly string _name = $"compile-time-{Environment.ProcessId}";
    private readonly Process _process;

    private CompilerServer() => _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", CompilerFiles.Path("VBCSCompiler.dll"), $"-pipename:{_name}"])
    {
        RedirectStandardOutput = true,
    })!;

    /// <summary>The arguments of a compiler that uses the server.</summary>
    public string[] Options => [$"/shared:{_name}"];

    public static async Task<CompilerServer> StartAsync()
    {
        var server = new CompilerServer();
        await Task.Delay(StartUp);
        return server;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
