using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>A project on disk, and how long the compiler takes over it: as a process of its own, or in a server that stays.</summary>
internal sealed class CompilerProject
{
    private readonly string _responseFile;
    private readonly string _generatedFolder;

    private CompilerProject(string name, string responseFile, string generatedFolder)
    {
        Name = name;
        _responseFile = responseFile;
        _generatedFolder = generatedFolder;
    }

    public string Name { get; }

    /// <summary>The times of whole processes.</summary>
    public List<double> Seconds { get; } = [];

    /// <summary>The times in a server.</summary>
    public List<double> ServerSeconds { get; } = [];

    public int GeneratedLines => Directory.EnumerateFiles(_generatedFolder, "*.cs", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count());

    public static async Task<CompilerProject> CreateAsync(string folder, string name, string source, params string[] analyzers)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var sourceFile = Path.Combine(own, "Source.cs");
        var generated = Directory.CreateDirectory(Path.Combine(own, "generated")).FullName;
        await File.WriteAllTextAsync(sourceFile, source);
        var responseFile = Path.Combine(own, "csc.rsp");
        await File.WriteAllLinesAsync(responseFile, [
            "/nologo", "/nostdlib", "/target:library", "/nullable:enable", "/optimize", "/deterministic", "/langversion:latest",
            .. ReferenceFiles.All.Select(file => $"/reference:\"{file}\""),
            .. analyzers.Select(file => $"/analyzer:\"{file}\""),
            $"/out:\"{Path.Combine(own, "out.dll")}\"",
            $"\"{sourceFile}\""]);
        return new CompilerProject(name, responseFile, generated);
    }

    /// <summary>Compiles once and gives the seconds.</summary>
    /// <param name="options">Arguments of the compiler in addition to the project's own.</param>
    public async Task<double> CompileAsync(params string[] options)
    {
        var start = Stopwatch.GetTimestamp();
        using var compiler = Process.Start(new ProcessStartInfo("dotnet", ["exec", CompilerFiles.Path("csc.dll"), .. options, "/noconfig", $"@{_responseFile}"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await compiler.StandardOutput.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        return compiler.ExitCode == 0
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException($"The compiler failed on '{Name}': {output}");
    }

    /// <summary>Compiles once and leaves the generated files, to be counted.</summary>
    public Task WriteGeneratedFilesAsync() => CompileAsync($"/generatedfilesout:{_generatedFolder}");
}
