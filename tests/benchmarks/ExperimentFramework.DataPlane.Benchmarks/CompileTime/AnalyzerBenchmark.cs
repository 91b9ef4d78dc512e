using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ExperimentFramework.DataPlane.Analyzers;
using ExperimentFramework.DataPlane.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>What the analyzers cost over a project that registers all its interfaces, beside the generator and the compiler itself, in one process on one thread.</summary>
internal static class AnalyzerBenchmark
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        new ShapeAnalyzer(), new TagAnalyzer(), new ParameterTagAnalyzer(), new SettingAnalyzer(), new TrialAnalyzer(), new DroppedTaskAnalyzer(), new CompilationAnalyzer(),
    ];

    public static async Task<int> RunAsync(int runs)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var source = CSharpCompilation.Create(
            "Workload",
            [
                CSharpSyntaxTree.ParseText(Workload.Source(isTagged: true), options, "Workload.cs"),
                CSharpSyntaxTree.ParseText(Workload.Registrations(), options, "Registrations.cs"),
            ],
            Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll")
                .Where(ManagedFile.IsManaged)
                .Append(typeof(IDataBackplane).Assembly.Location)
                .Append(typeof(DataPlaneJson).Assembly.Location)
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false));

        List<double> compiler = [], generator = [], all = [];
        var each = Analyzers.ToDictionary(analyzer => analyzer, _ => new List<double>());
        for (var run = -1; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            CSharpGeneratorDriver.Create([new ExposureProxyGenerator().AsSourceGenerator()], parseOptions: options)
                .RunGeneratorsAndUpdateCompilation(source, out var generated, out _);
            var generating = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

            start = Stopwatch.GetTimestamp();
            var faults = generated.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
            var compiling = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (faults.Count > 0)
            {
                throw new InvalidOperationException($"The workload does not compile: {faults[0]}");
            }

            // An analysis compiles once more, whatever the analyzers do.
            var (idling, _) = await AnalyzeAsync(generated, [new IdleAnalyzer()]);
            var (analyzing, analyzed) = await AnalyzeAsync(generated, Analyzers);

            // The first run pays for what the runtime compiles.
            if (run >= 0)
            {
                compiler.Add(compiling);
                generator.Add(generating);
                all.Add(analyzing - idling);
                foreach (var analyzer in Analyzers)
                {
                    each[analyzer].Add((await analyzed.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None)).ExecutionTime.TotalMilliseconds);
                }
            }
        }

        Console.WriteLine($"{Workload.Interfaces} interfaces of 10 members, each registered; one process, one thread, medians of {runs}");
        Console.WriteLine();
        Console.WriteLine("| what | ms | of the compiler's own time |");
        Console.WriteLine("| --- | --- | --- |");
        Row("the compiler's own diagnostics, proxies included", compiler);
        Row("the generator", generator);
        Row("all analyzers, with what is bound again for them", all);
        foreach (var analyzer in Analyzers)
        {
            Row($"of these the code of `{analyzer.GetType().Name}`", each[analyzer]);
        }

        return 0;

        void Row(string what, List<double> times) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {Median(times):F1} | {Median(times) / Median(compiler):F3} |"));
    }

    private static async Task<(double Milliseconds, CompilationWithAnalyzers Analyzed)> AnalyzeAsync(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var analyzed = compilation.WithAnalyzers(
            analyzers,
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: true));
        var start = Stopwatch.GetTimestamp();
        var findings = await analyzed.GetAnalyzerDiagnosticsAsync();
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return findings.IsEmpty ? (milliseconds, analyzed) : throw new InvalidOperationException($"The workload has findings: {findings[0]}");
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

#pragma warning disable RS1001 // No compiler loads it.
    private sealed class IdleAnalyzer : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ShapeDescriptors.InitAccessor];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();

            // Without any action there would be no analysis at all.
            context.RegisterSymbolAction(static _ => { }, SymbolKind.NamedType);
        }
    }
}
