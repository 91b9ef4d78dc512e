using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>What the documents show is what compiles.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void The_readme_compiles_from_the_attribute_to_the_event() =>
        ProxyCompiler.CompileCleanly(AsProgram(Blocks("README.md")), OutputKind.ConsoleApplication);

    [Fact]
    public void The_readme_shows_the_line_that_is_generated()
    {
        var generated = ProxyCompiler.CompileCleanly(AsProgram(Blocks("README.md")), OutputKind.ConsoleApplication).SyntaxTrees.Last().ToString();

        var shown = Regex.Match(Read("README.md"), "```text\n(ValueTask.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(WithoutSpaceAndQualification(shown), WithoutSpaceAndQualification(Regex.Match(generated, @"global::System\.Threading\.Tasks\.ValueTask<decimal>.*?;", RegexOptions.Singleline).Value));
    }

    [Fact]
    public void The_guide_compiles() => ProxyCompiler.CompileCleanly(
        AsProgram(["""
            using ExperimentFramework.DataPlane;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();

            """, .. Blocks("data-backplane.md"), """
            [ExposureLogged("greeting")]
            public interface IGreeter { string Greet([ExposureSubject("user")] string user); }

            public sealed class HelloGreeter : IGreeter { public string Greet(string user) => "hello"; }

            public sealed class BonjourGreeter : IGreeter { public string Greet(string user) => "bonjour"; }

            [ExposureLogged("banner")]
            public interface IBanner { string Text([ExposureSubject("user")] string user); }

            public sealed class Banner : IBanner { public string Text(string user) => "text"; }

            public sealed class BannerFlags : IVariantSelector
            {
                public VariantSelection Select(in SelectionContext context) => new("blue", "flag-system");
            }
            """]),
        OutputKind.ConsoleApplication);

    [Theory]
    [InlineData("privacy.md")]
    [InlineData("configuration.md")]
    public void The_pages_compile(string document) => ProxyCompiler.CompileCleanly(
        AsProgram(["using ExperimentFramework.DataPlane; using Microsoft.Extensions.DependencyInjection; var services = new ServiceCollection();\n", .. Blocks(document)]),
        OutputKind.ConsoleApplication);

    [Fact]
    public void The_page_of_delivery_compiles() => ProxyCompiler.CompileCleanly(
        AsProgram(["""
            using ExperimentFramework.DataPlane;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();

            """, .. Blocks("delivery.md"), """
            public abstract class FileBackplane : IDataBackplane
            {
                public abstract ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default);

                public abstract ValueTask FlushAsync(CancellationToken cancellationToken = default);

                public abstract ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default);
            }
            """]),
        OutputKind.ConsoleApplication);

    [Fact]
    public void The_page_of_assignments_compiles() => ProxyCompiler.CompileCleanly(
        AsProgram(["""
            using ExperimentFramework.DataPlane;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();

            """, .. Blocks("assignment.md"), """
            [ExposureLogged("checkout-pricing", AwaitAssignment = true)]
            public interface IPricing { ValueTask<decimal> QuoteAsync([ExposureSubject("user")] string userId); }

            public sealed class ListPricing : IPricing { public ValueTask<decimal> QuoteAsync(string userId) => new(10m); }

            public sealed class DynamicPricing : IPricing { public ValueTask<decimal> QuoteAsync(string userId) => new(12m); }
            """]),
        OutputKind.ConsoleApplication);

    private static string Read(string document) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", document));

    private static IEnumerable<string> Blocks(string document) =>
        CodeBlock().Matches(Read(document)).Select(match => match.Groups[1].Value);

    /// <summary>Blocks in any order as one program: usings, then statements, then types.</summary>
    private static string AsProgram(IEnumerable<string> blocks)
    {
        var units = blocks.Select(block => CSharpSyntaxTree.ParseText(block).GetCompilationUnitRoot()).ToList();
        return "using System; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;\n"
            + string.Concat(units.SelectMany(unit => unit.Usings).Select(directive => directive.ToFullString()).Distinct())
            + string.Concat(units.SelectMany(unit => unit.Members).OfType<GlobalStatementSyntax>().Select(statement => statement.ToFullString()))
            + string.Concat(units.SelectMany(unit => unit.Members).Where(member => member is not GlobalStatementSyntax).Select(member => member.ToFullString()));
    }

    private static string WithoutSpaceAndQualification(string code) =>
        Regex.Replace(code.Replace("global::", "", StringComparison.Ordinal), @"System\.Threading\.Tasks\.|System\.Threading\.|ExperimentFramework\.DataPlane\.(CompilerServices\.)?|\s", "");

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
