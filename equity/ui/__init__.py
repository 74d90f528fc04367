"""Streamlit helpers of every page: state, selectors, layout."""
