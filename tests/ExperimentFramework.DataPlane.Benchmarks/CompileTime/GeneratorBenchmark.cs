using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ExperimentFramework.DataPlane.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>What the generator costs in an editor: the first run of a process, and the run after an edit in another file.</summary>
internal static class GeneratorBenchmark
{
    public static int Run(int runs)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var other = CSharpSyntaxTree.ParseText("class Other { }", options, "Other.cs");
        var compilation = CSharpCompilation.Create(
            "Workload",
            [CSharpSyntaxTree.ParseText(Workload.Source(isTagged: true), options, "Workload.cs"), other],
            Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll")
                .Where(ManagedFile.IsManaged)
                .Append(typeof(IDataBackplane).Assembly.Location)
                .Append(typeof(DataPlaneJson).Assembly.Location)
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        // What every compilation does, with or without a generator, is not the generator's.
        compilation.GetDiagnostics();
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new ExposureProxyGenerator().AsSourceGenerator()],
            parseOptions: options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

        var start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(compilation);
        var cold = Stopwatch.GetElapsedTime(start);
        var sources = driver.GetRunResult().Results[0].GeneratedSources;

        var afterEdit = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var edited = CSharpSyntaxTree.ParseText($"class Other {{ int edit{run}; }}", options, "Other.cs");
            compilation = compilation.ReplaceSyntaxTree(other, edited);
            other = edited;
            compilation.GetDiagnostics();
            start = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(compilation);
            afterEdit.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var rerun = driver.GetRunResult().Results[0].TrackedOutputSteps
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Count(output => output.Reason != IncrementalStepRunReason.Cached);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Workload.Interfaces} interfaces of 10 members

            | what | measured |
            | --- | --- |
            | first run of a process | {cold.TotalMilliseconds:F0} ms |
            | run after an edit in another file, median of {runs} | {afterEdit.Order().ElementAt(runs / 2):F1} ms |
            | output steps that ran again after it | {rerun} |
            | generated files, lines, characters | {sources.Length}, {sources.Sum(source => source.SourceText.Lines.Count)}, {sources.Sum(source => source.SourceText.Length)} |
            """));
        return rerun == 0 ? 0 : 1;
    }
}
