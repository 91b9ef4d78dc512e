namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Specifies who the subject is after a visitor with a cookie has signed in.</summary>
public enum SignedInVisitors
{
    /// <summary>
    /// The user, who is the same subject on every device. The visitor's variant may change with the sign-in; each experiment whose variant
    /// changes publishes an <see cref="AssignmentEvent"/> with the reason <see cref="AssignmentChangeReasons.IdentityChanged"/>.
    /// </summary>
    BecomeUsers,

    /// <summary>
    /// The visitor, for as long as the browser has the cookie: the variant does not change, and a user with two browsers may be two
    /// subjects. For a user who signs in on a browser without the cookie, the subject is the user.
    /// </summary>
    StayVisitors,
}
