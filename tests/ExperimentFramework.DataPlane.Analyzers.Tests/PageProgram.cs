using System.Reflection;
using System.Runtime.Loader;
using ExperimentFramework.DataPlane.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>The code of a page, compiled with the generator and run with a destination in memory for 40 subjects.</summary>
internal static class PageProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Calls the service as a user of the page does, each subject in a scope of its own.</summary>
    private const string Driver = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;

        public static class PageDriver
        {
            public static IReadOnlyList<DataPlaneEvent> Events { get; private set; } = [];

            public static async Task RunAsync(IServiceCollection services)
            {
                services.AddInMemoryDataBackplane();
                await using var root = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
                foreach (var hosted in root.GetServices<IHostedService>())
                {
                    await hosted.StartAsync(CancellationToken.None);
                }

                root.GetService<Microsoft.Extensions.Options.IStartupValidator>()?.Validate();
                foreach (var user in Enumerable.Range(1, 40).Select(number => $"user-{number}"))
                {
                    await using var scope = root.CreateAsyncScope();
                    var provider = scope.ServiceProvider;
                    CALL;
                }

                await root.GetRequiredService<IEventPublisher>().FlushAsync();
                Events = root.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).ToList();
            }
        }
        """;

    /// <summary>Runs a page's code.</summary>
    /// <param name="code">A program with a variable <c>services</c>, or one with <c>Setup.Register(IServiceCollection)</c>.</param>
    /// <param name="call">What is called for each subject: C# that may use <c>provider</c> and <c>user</c>.</param>
    /// <param name="registration">C# that registers with <c>services</c> what the page leaves to the reader.</param>
    /// <returns>What the destination received.</returns>
    public static async Task<IReadOnlyList<DataPlaneEvent>> RunAsync(string code, string call, string registration = "")
    {
        var assembly = Compile(AsProgram(code, registration), Driver.Replace("CALL", call, StringComparison.Ordinal));
        await Task.Run(() => assembly.EntryPoint!.Invoke(null, [Array.Empty<string>()])).WaitAsync(Limit);
        return (IReadOnlyList<DataPlaneEvent>)assembly.GetType("PageDriver")!.GetProperty("Events")!.GetValue(null)!;
    }

    private static string AsProgram(string code, string registration)
    {
        var members = CSharpSyntaxTree.ParseText(code, AnalyzerVerifier.ParseOptions).GetCompilationUnitRoot().Members;
        return members.OfType<GlobalStatementSyntax>().LastOrDefault() is { } last
            ? code.Insert(last.FullSpan.End, $"{registration}\nawait PageDriver.RunAsync(services);\n")
            : code.Insert(members[0].FullSpan.Start, $"var services = new ServiceCollection();\nSetup.Register(services);\n{registration}\nawait PageDriver.RunAsync(services);\n");
    }

    private static Assembly Compile(params string[] sources)
    {
        var compilation = CSharpCompilation.Create(
            "Page",
            sources.Select((source, index) => CSharpSyntaxTree.ParseText(SourceText.From(source, System.Text.Encoding.UTF8), AnalyzerVerifier.ParseOptions, $"Page{index}.cs")),
            AnalyzerVerifier.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new ExposureProxyGenerator().AsSourceGenerator()], parseOptions: AnalyzerVerifier.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        using var image = new MemoryStream();
        var result = generated.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext("Page", isCollectible: true).LoadFromStream(image);
    }
}
