using System.Text;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>The compiler writes generated files to the disk if a project asks for it, where names are limited.</summary>
public sealed class LongNameTests
{
    /// <summary>The limit of most file systems, in bytes.</summary>
    private const int LongestFileName = 255;

    private const char OneByteLetter = 'L';
    private const char ThreeByteLetter = '中';

    [Theory]
    [InlineData(OneByteLetter, 300)]
    [InlineData(OneByteLetter, 220)]
    [InlineData(ThreeByteLetter, 90)]
    public void A_name_that_no_file_could_have_is_shortened(char letter, int length)
    {
        var name = new string(letter, length);
        var compilation = ProxyCompiler.CompileCleanly($"[ExperimentFramework.DataPlane.ExposureLogged] public interface I{name} {{ void M(); }}");

        Assert.InRange(Encoding.UTF8.GetByteCount(FileOf(compilation)), 1, LongestFileName);
        Assert.EndsWith(letter + ".ExposureProxy.g.cs", FileOf(compilation), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_with_one_ending_stay_two()
    {
        var name = new string(OneByteLetter, 300);
        var compilation = ProxyCompiler.CompileCleanly($$"""
            using ExperimentFramework.DataPlane;
            namespace One { [ExposureLogged("one")] public interface I{{name}} { void M(); } }
            namespace Two { [ExposureLogged("two")] public interface I{{name}} { void M(); } }
            """);

        Assert.Equal(3, compilation.SyntaxTrees.Count());
    }

    [Fact]
    public void A_name_that_a_file_can_have_stays()
    {
        var name = new string(OneByteLetter, 199);

        Assert.Equal($"I{name}.ExposureProxy.g.cs", FileOf(ProxyCompiler.CompileCleanly($"[ExperimentFramework.DataPlane.ExposureLogged] public interface I{name} {{ void M(); }}")));
    }

    private static string FileOf(Microsoft.CodeAnalysis.Compilation compilation) => Path.GetFileName(compilation.SyntaxTrees.Last().FilePath);
}
