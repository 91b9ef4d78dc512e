using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>A server of the tests in a process of its own, so that its work is not measured. It prints its address and answers a line to each line.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>What the server prints when it has started.</summary>
    public string Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="name">The name of its project in <c>tests/assets</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ServerProcess Start(string name, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory.Replace("benchmarks/ExperimentFramework.DataPlane.Benchmarks", "assets/" + name, StringComparison.Ordinal), name + ".dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new ServerProcess(process, process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{name} did not start."));
    }

    /// <summary>Sends a command.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
