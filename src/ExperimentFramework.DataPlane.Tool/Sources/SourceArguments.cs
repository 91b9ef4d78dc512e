using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The arguments of commands that read events.</summary>
internal static class SourceArguments
{
    /// <summary>The argument for any number of sources, at least one.</summary>
    public static Argument<string[]> Many() => new("source")
    {
        Description = "Files and folders with events: JSON lines, plain or compressed with gzip or zstd, and Parquet; kafka://HOST:PORT/TOPIC; postgresql://USER@HOST/DATABASE; - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The option for an answer in JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write the answer as JSON." };
}
