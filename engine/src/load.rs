//! Rows to objects: queries over mapped classes and the loader strategies.
