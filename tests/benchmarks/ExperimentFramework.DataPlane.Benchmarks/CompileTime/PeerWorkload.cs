using System.Text;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>Projects of the size of <see cref="Workload"/> for other generators: 200 mappers of 10 methods, and 200 x 10 requests with their handlers.</summary>
internal static class PeerWorkload
{
    private const int Methods = 10;

    /// <summary>Classes of four properties, and mappers between them for Mapperly.</summary>
    public static string Mappers(bool isMapped)
    {
        var source = new StringBuilder("using System;\nusing Riok.Mapperly.Abstractions;\n\n");
        for (var i = 0; i < Methods; i++)
        {
            foreach (var name in new[] { "Source", "Target" })
            {
                source.Append($"public class {name}{i}\n{{\n    public int Number {{ get; set; }}\n    public string Name {{ get; set; }} = \"\";\n");
                source.Append("    public Guid Id { get; set; }\n    public decimal Amount { get; set; }\n}\n\n");
            }
        }

        for (var i = 0; isMapped && i < Workload.Interfaces; i++)
        {
            source.Append($"[Mapper]\npublic partial class Mapper{i}\n{{\n");
            for (var method = 0; method < Methods; method++)
            {
                source.Append($"    public partial Target{method} Map{method}(Source{method} source);\n");
            }

            source.Append("}\n\n");
        }

        return source.ToString();
    }

    /// <summary>Requests and handlers for Mediator.</summary>
    public static string Requests()
    {
        var source = new StringBuilder("using System.Threading;\nusing System.Threading.Tasks;\nusing Mediator;\n\n");
        for (var i = 0; i < Workload.Interfaces; i++)
        {
            for (var method = 0; method < Methods; method++)
            {
                var name = $"{i}x{method}";
                source.Append($"public sealed record Request{name}(string User, int Number) : IRequest<int>;\n\n");
                source.Append($"public sealed class Handler{name} : IRequestHandler<Request{name}, int>\n{{\n");
                source.Append($"    public ValueTask<int> Handle(Request{name} request, CancellationToken cancellationToken) => new(request.Number);\n}}\n\n");
            }
        }

        return source.ToString();
    }
}
