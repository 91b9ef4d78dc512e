using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class UsePseudonymFixTests
{
    [Fact]
    public Task The_placeholder_becomes_a_pseudonym() => CodeFixVerifier<SubjectRedactionAnalyzer, UsePseudonymFix>.FromAsync(
        """
        using ExperimentFramework.DataPlane;

        public class C
        {
            void M(PiiRedactionOptions options)
            {
                options.SubjectId = {|DP3005:RedactionMode.Placeholder|} /* why */;
                options.Fields["subjectId"] = {|DP3005:ExperimentFramework.DataPlane.RedactionMode.Placeholder|};
            }
        }
        """,
        """
        using ExperimentFramework.DataPlane;

        public class C
        {
            void M(PiiRedactionOptions options)
            {
                options.SubjectId = RedactionMode.Pseudonym /* why */;
                options.Fields["subjectId"] = ExperimentFramework.DataPlane.RedactionMode.Pseudonym;
            }
        }
        """);

    [Fact]
    public Task A_field_that_is_only_named_has_no_mode_to_change() => CodeFixVerifier<SubjectRedactionAnalyzer, UsePseudonymFix>.NoneAsync(
        "using ExperimentFramework.DataPlane; public class C { void M(PiiRedactionOptions options) => options.RedactFields.Add({|DP3005:\"subjectId\"|}); }");
}
