using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>
/// What the compiler spends on proxies, as whole compiler processes taken in turn: without any, with hand-written lean
/// ones, and with the generator's.
/// </summary>
internal static class CompileTimeBenchmark
{
    public static async Task<int> RunAsync(int runs)
    {
        var folder = Directory.CreateTempSubdirectory("compile-time").FullName;
        try
        {
            var generator = Path.Combine(AppContext.BaseDirectory, "generator", "ExperimentFramework.DataPlane.Generators.dll");
            var analyzers = Path.Combine(AppContext.BaseDirectory, "generator", "ExperimentFramework.DataPlane.Analyzers.dll");
            var projects = new List<Project>
            {
                await Project.CreateAsync(folder, "without proxies", Workload.Source(isTagged: false), []),
                await Project.CreateAsync(folder, "hand-written lean proxies", Workload.Source(isTagged: false, hasHandWrittenProxies: true), []),
                await Project.CreateAsync(folder, "generated", Workload.Source(isTagged: true), [generator]),
                await Project.CreateAsync(folder, "generated, with analyzers", Workload.Source(isTagged: true), [generator, analyzers]),
                await Project.CreateAsync(folder, "generated, FallbackToControl", Workload.Source(isTagged: true, fallsBack: true), [generator]),
            };

            for (var run = -1; run < runs; run++)
            {
                foreach (var project in projects)
                {
                    // The first run warms the disk's cache and writes the generated files, to be counted.
                    var seconds = await project.CompileAsync(writesGeneratedFiles: run < 0);
                    if (run >= 0)
                    {
                        project.Seconds.Add(seconds);
                    }
                }
            }

            Report(projects, runs);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(List<Project> projects, int runs)
    {
        var without = projects[0].Median;
        var handWritten = projects[1].Median - without;
        Console.WriteLine($"{Workload.Interfaces} interfaces of 10 members, {runs} compiler processes each, medians");
        Console.WriteLine();
        Console.WriteLine("| project | compiler, s | added, s | added over hand-written | generated lines |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var project in projects)
        {
            var added = project.Median - without;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {project.Name} | {project.Median:F2} | {added:F2} | {added / handWritten:F2} | {project.GeneratedLines} |"));
        }
    }

    private sealed class Project
    {
        private readonly string _responseFile;
        private readonly string _generatedFolder;

        private Project(string name, string responseFile, string generatedFolder)
        {
            Name = name;
            _responseFile = responseFile;
            _generatedFolder = generatedFolder;
        }

        public string Name { get; }

        public List<double> Seconds { get; } = [];

        public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

        public int GeneratedLines => Directory.Exists(_generatedFolder)
            ? Directory.EnumerateFiles(_generatedFolder, "*.cs", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count())
            : 0;

        public static async Task<Project> CreateAsync(string folder, string name, string source, string[] analyzers)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            var sourceFile = Path.Combine(own, "Source.cs");
            var generated = Path.Combine(own, "generated");
            await File.WriteAllTextAsync(sourceFile, source);
            var references = Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll")
                .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal) && ManagedFile.IsManaged(file))
                .Append(typeof(IDataBackplane).Assembly.Location)
                .Append(typeof(DataPlaneJson).Assembly.Location);
            var responseFile = Path.Combine(own, "csc.rsp");
            await File.WriteAllLinesAsync(responseFile, [
                "/nologo", "/noconfig", "/nostdlib", "/target:library", "/nullable:enable", "/optimize", "/deterministic", "/langversion:latest",
                .. references.Select(file => $"/reference:\"{file}\""),
                .. analyzers.Select(file => $"/analyzer:\"{file}\""),
                $"/out:\"{Path.Combine(own, "out.dll")}\"",
                $"\"{sourceFile}\""]);
            Directory.CreateDirectory(generated);
            return new Project(name, responseFile, generated);
        }

        public async Task<double> CompileAsync(bool writesGeneratedFiles)
        {
            string[] options = writesGeneratedFiles ? [$"/generatedfilesout:{_generatedFolder}"] : [];
            var start = Stopwatch.GetTimestamp();
            using var compiler = Process.Start(new ProcessStartInfo("dotnet", ["exec", CompilerPath(), $"@{_responseFile}", .. options])
            {
                RedirectStandardOutput = true,
            })!;
            var output = await compiler.StandardOutput.ReadToEndAsync();
            await compiler.WaitForExitAsync();
            return compiler.ExitCode == 0
                ? Stopwatch.GetElapsedTime(start).TotalSeconds
                : throw new InvalidOperationException($"The compiler failed on '{Name}': {output}");
        }

        private static string CompilerPath()
        {
            var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            return Directory.EnumerateFiles(Path.Combine(root, "sdk"), "csc.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        }
    }
}
